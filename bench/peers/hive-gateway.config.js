// @graphql-hive/gateway as its own command runs it; BENCH_MODE says what simultaneous identical work it may share.
import { defineConfig } from "@graphql-hive/gateway";

const mode = process.env.BENCH_MODE;

export const gatewayConfig = defineConfig({
  jit: true,
  inboundInflightRequestDeduplication: mode === "request",
  transportEntries: { "*.http": { options: { deduplicateInflightRequests: mode !== "full" } } },
});
