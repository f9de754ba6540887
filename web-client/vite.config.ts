// How the console is built: into the server's own package, which serves it.
import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** What every page needs; React Aria comes with the first page that has a dialog. */
const SHARED = [
  { name: "libraries", test: /node_modules\/(react|react-dom|scheduler|@tanstack|@?urql|wonka)\// },
  {
    name: "shared",
    test: /\/src\/((ui|graphql)\/(?!Drawer)|words\.ts|linkToken\.ts|(features\/[\w-]+\/)?search\.ts)/,
  },
];

export default defineConfig({
  plugins: [react(), { ...optimizeLocales.vite({ locales: ["en-US"] }), enforce: "pre" }],
  build: {
    outDir: "../api/console_files",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2023",
    cssTarget: ["chrome123", "safari17.5", "firefox121"],
    // Nothing inline: the Content-Security-Policy allows files of ours alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // One style sheet, and few files for whoever comes the first time: each costs a round trip.
    cssCodeSplit: false,
    rolldownOptions: { output: { codeSplitting: { groups: SHARED } } },
  },
  server: {
    proxy: {
      "/graphql": "http://127.0.0.1:8000",
      "/organizations": "http://127.0.0.1:8000",
    },
  },
});
