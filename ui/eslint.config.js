import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import config from "./svelte.config.js";

// The two rules of the folder: only `lib/app.ts` and what stands behind it knows how Rust is reached, and no screen
// looks into another.
const door = {
  group: ["@tauri-apps/*"],
  message: "Only lib/door may reach for Tauri; ask through lib/app.ts.",
};
const neighbours = {
  regex: "(^|/)screens/|^\\.\\./(?!\\.\\.)[a-z]+/",
  message: "A screen never looks into another; what two need goes to lib.",
};

export default ts.config(
  { ignores: ["dist", "src/lib/generated", "node_modules"] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig: config },
    },
  },
  {
    rules: {
      "no-restricted-imports": ["error", { patterns: [door] }],
      "no-restricted-globals": [
        "error",
        "fetch",
        "EventSource",
        "XMLHttpRequest",
        "alert",
        "confirm",
        "prompt",
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "svelte/no-at-html-tags": "error",
      "svelte/no-navigation-without-resolve": "off",
      "max-lines": ["error", 400],
    },
  },
  {
    files: ["src/screens/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [door, neighbours] }] },
  },
  { files: ["src/lib/door/**"], rules: { "no-restricted-imports": "off", "no-restricted-globals": "off" } },
);
