import js from "@eslint/js";
import globals from "globals";
import typescript from "typescript-eslint";

export default [
  { ignores: ["**/*.d.ts", "node_modules/", "build/", "site/", ".venv*/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "consistent-return": "error",
      "default-case-last": "error",
      eqeqeq: "error",
      "logical-assignment-operators": "error",
      "max-lines": ["error", 350],
      "no-constructor-return": "error",
      "no-eval": "error",
      "no-implicit-coercion": "error",
      "no-implied-eval": "error",
      "no-lonely-if": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-promise-executor-return": "error",
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-template-curly-in-string": "error",
      "no-unneeded-ternary": "error",
      "no-unreachable-loop": "error",
      "no-unused-expressions": "error",
      "no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-useless-rename": "error",
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-object-has-own": "error",
      "prefer-template": "error",
      radix: "error",
    },
  },
  {
    files: ["src/clearspan/studio/**/*.js"],
    languageOptions: {
      globals: globals.browser,
      parser: typescript.parser,
      parserOptions: { projectService: true },
    },
    plugins: { types: typescript.plugin },
    // What only types can tell: promises that nobody waits for, and values that are no text.
    rules: {
      "types/await-thenable": "error",
      "types/no-floating-promises": "error",
      "types/no-misused-promises": ["error", { checksVoidReturn: false }],
      "types/require-array-sort-compare": "error",
      "types/restrict-plus-operands": "error",
      "types/restrict-template-expressions": ["error", { allowNumber: true }],
      "types/switch-exhaustiveness-check": "error",
      // Markup can never come from a document or a model: elements are made, not parsed.
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "write"].map((property) => ({ property })),
      ],
    },
  },
  {
    files: ["src/clearspan/studio/theme.js"],
    languageOptions: { sourceType: "script" },
  },
  {
    files: ["tests/studio/unit/**/*.js", "*.config.js"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];
