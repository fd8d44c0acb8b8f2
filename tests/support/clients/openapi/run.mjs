// Runs post.ts, compiled: run.mjs <folder of the compiled program>, with what it needs as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { post } = await import(pathToFileURL(`${process.argv[2]}/out/post.js`).href);
const { url, token, org, film } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await post(url, token, org, new Blob([readFileSync(film)]))));
