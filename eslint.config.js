// Lint rules of the repository. What counts most here is `no-floating-promises`: a promise that nobody waits for is a
// lost effect in an activity and a replay error in a workflow.
import { builtinModules } from 'node:module';
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Modules of Node.js under both spellings, without those in `allowed`. */
function builtins(allowed = []) {
  return builtinModules
    .filter((name) => !name.startsWith('_') && !name.startsWith('node:') && !allowed.includes(name))
    .flatMap((name) => [name, `node:${name}`]);
}

/** Files of `domain/` that workflows import: the sandbox of a workflow has no modules of Node.js. */
const domainInWorkflows = [
  'domain/runs/**/*.ts',
  'domain/rollouts/**/*.ts',
  'domain/durations.ts',
  'domain/labelSelectors.ts',
  'domain/claims.ts',
];

export default defineConfig(
  globalIgnores(['node_modules/', 'coverage/', '.flotilla/', '.cache/', 'api/types/', 'test/replay/histories/']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-deprecated': 'warn',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A factory of one property or an empty default reads better than what these two ask for.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      // Options are plain objects of functions, and classes keep their state in #private fields, which fail at once.
      '@typescript-eslint/unbound-method': 'off',
      // Definitions carry the type of their objects; a parameter that occurs once ties a request to it.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      eqeqeq: 'error',
      'object-shorthand': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    // Programs that talk to a person write to the terminal.
    files: [
      'cli/**',
      'bench/**',
      'tools/**',
      'test/replay/record.ts',
      'worker/main.ts',
      'worker/program.ts',
      'worker/buildWorkflowBundle.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['workflows/**/*.ts', ...domainInWorkflows],
    rules: {
      'no-restricted-imports': ['error', { paths: builtins(['assert']) }],
    },
  },
  {
    files: ['domain/**/*.ts'],
    ignores: domainInWorkflows,
    rules: {
      'no-restricted-imports': ['error', { paths: builtins(['crypto', 'assert']) }],
    },
  },
  {
    // Tests describe what they read from the outside world by casting it; production code must narrow.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
);
