// Two kinds of tests: logic, where a file may ask for a simulated page, and the real console in Chromium.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const inBrowser = {
  environment: "node",
  globalSetup: "tests/support/world.ts",
  testTimeout: 180_000, // a guard against hanging: single steps wait 20 s at most
  hookTimeout: 60_000,
  // Each worker has one Chromium for all of its files, and each file organizations of its own.
  isolate: false,
  maxWorkers: 2,
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [react()],
        test: {
          name: "logic",
          environment: "node",
          testTimeout: 30_000, // 300,000 rounds of PBKDF2 on a busy machine
          include: ["src/**/*.test.{ts,tsx}"],
        },
      },
      { test: { ...inBrowser, name: "browser", include: ["tests/**/*.test.ts"] } },
      { test: { ...inBrowser, name: "pictures", include: ["tests/**/*.pictures.ts"] } },
    ],
  },
});
