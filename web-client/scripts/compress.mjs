// Writes each built file a second and third time, compressed, for the server to send as it is.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = join(import.meta.dirname, "../../api/console_files");
const text = /\.(html|js|css|svg|json)$/;

for (const name of readdirSync(folder, { recursive: true })) {
  if (!text.test(name) || name === "manifest.json") continue;
  const path = join(folder, name);
  const content = readFileSync(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(`${path}.br`, brotliCompressSync(content, quality));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
