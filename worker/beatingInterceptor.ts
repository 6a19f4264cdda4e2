/** Around activities on the hub: says that the worker lives, so that one that was killed is soon noticed. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/** Nearly all activities on the hub end before the first one. */
const beatMs = 1_000;

/** For activities with a heartbeat timeout that say nothing of themselves. */
export function beatingInterceptor(context: Context): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        if (context.info.heartbeatTimeoutMs === undefined) return next(input);
        const beating = setInterval(() => {
          context.heartbeat();
        }, beatMs);
        try {
          return await next(input);
        } finally {
          clearInterval(beating);
        }
      },
    },
  };
}
