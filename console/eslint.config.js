import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["node_modules", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-console": "error",
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "echarts", message: "Use parts/Chart: it loads what is needed, when it is needed." },
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Never: events are strangers' text." },
      ],
    },
  },
  { files: ["scripts/**/*.mjs", "public/*.js"], languageOptions: { globals: { process: "readonly", URL: "readonly", console: "readonly", document: "readonly", localStorage: "readonly", matchMedia: "readonly", self: "readonly", caches: "readonly", fetch: "readonly" } } },
);
