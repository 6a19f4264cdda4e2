/** The list of prices while the worker runs: a change of the file is taken up at once. */
import { statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Prices } from '../controllers/members/index.ts';
import type { PriceList } from '../domain/members/index.ts';
import type { Logger } from './logger.ts';
import { readPriceList } from './prices.ts';

/** Whoever writes a file may do so in several steps; this long after the last of them it is read. */
const quietMs = 100;

/** Volumes of ConfigMaps and Secrets hold links into a folder that this link names; a new version swaps the link. */
const volumeLink = '..data';

type PriceLog = Pick<Logger, 'info' | 'warn'>;

/**
 * Prices that follow a file, by events of its folder: a file that is replaced, or a ConfigMap volume that moves on, is
 * another file under the same name. A content that is no list of prices changes nothing and is told in the log.
 */
export class PriceFile implements Prices {
  readonly #path: string;
  readonly #listeners = new Set<() => void>();
  #list: PriceList;
  #log: PriceLog | undefined;
  #mistake: string | undefined;
  #watcher: FSWatcher | undefined;
  /** Of the folder that is watched: one that is made anew under its name is another. */
  #inode: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @throws Error whose message is a sentence for the user */
  constructor(path: string) {
    this.#path = path;
    this.#list = readPriceList(path);
  }

  get list(): PriceList {
    return this.#list;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follows the file from now on, and takes up what has changed since it was read. */
  start(log: PriceLog): void {
    this.#log = log;
    this.#look();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unwatch();
  }

  /** The folder first: what changes while the file is read is an event then. */
  #look(): void {
    try {
      this.#watchFolder();
    } catch (error) {
      this.#cannotWatch(error as Error);
    }
    try {
      this.#takeUp(readPriceList(this.#path));
    } catch (error) {
      this.#refuse((error as Error).message);
    }
  }

  #watchFolder(): void {
    const folder = dirname(this.#path);
    const { ino } = statSync(folder);
    if (this.#watcher !== undefined && ino === this.#inode) return;
    this.#unwatch();
    this.#inode = ino;
    this.#watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || this.#concerns(name)) this.#lookSoon();
    });
    this.#watcher.on('error', (error) => {
      this.#cannotWatch(error);
    });
  }

  #cannotWatch({ message }: Error): void {
    this.#unwatch();
    this.#log?.warn(
      `The folder of the list of prices ${this.#path} cannot be watched (${message}), so changes of the list are seen ` +
        'only when the worker starts again.',
    );
  }

  /** An event about the folder itself has the folder's name. */
  #concerns(name: string): boolean {
    return name.startsWith(volumeLink) || [this.#path, dirname(this.#path)].some((path) => basename(path) === name);
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), quietMs);
  }

  #takeUp(list: PriceList): void {
    this.#mistake = undefined;
    if (isSame(list, this.#list)) return;
    this.#list = list;
    this.#log?.info(`The list of prices ${this.#path} has changed and holds from now on, for every member.`);
    for (const listener of this.#listeners) listener();
  }

  /** Each mistake is told once. */
  #refuse(mistake: string): void {
    if (this.#mistake === mistake) return;
    this.#mistake = mistake;
    this.#log?.warn(`${mistake} Until then the prices of before are used.`);
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

function isSame(left: PriceList, right: PriceList): boolean {
  return left.size === right.size && [...left].every(([type, price]) => right.get(type) === price);
}
