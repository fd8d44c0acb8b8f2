// Asks the service with the official TypeScript client: node client.mjs FOLDER < asked > told
//
// FOLDER holds node_modules. A line of JSON is answered by a line. `asked` is {url, key, calls:
// [{name, arguments}], command?}, `told` {version, tools, answers, progress}. With `command` it starts that and speaks by stdio.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.argv[2]}/package.json`));
const sdk = async (path) => import(pathToFileURL(require.resolve(`@modelcontextprotocol/sdk/${path}`)));
const { Client } = await sdk("client/index.js");
const { StreamableHTTPClientTransport } = await sdk("client/streamableHttp.js");
const { StdioClientTransport } = await sdk("client/stdio.js");

async function ask(asked) {
  const transport = asked.command
    ? new StdioClientTransport({
        command: asked.command[0],
        args: asked.command.slice(1),
        env: { ...process.env, STAGEDOOR_AGENT_KEY: asked.key },
      })
    : new StreamableHTTPClientTransport(new URL(asked.url), {
        requestInit: { headers: { Authorization: `Bearer ${asked.key}` } },
      });
  const client = new Client({ name: "stagedoor-tests", version: "1" });
  const told = { tools: [], answers: [], progress: [] };
  try {
    await client.connect(transport);
    told.version = client.getServerVersion();
    told.tools = (await client.listTools()).tools;
    for (const call of asked.calls) {
      // a good answer is checked by the tool's output schema
      const onprogress = call.watched ? (one) => told.progress.push(one) : undefined;
      told.answers.push(
        await client.callTool({ name: call.name, arguments: call.arguments }, undefined, { onprogress }),
      );
    }
  } catch (error) {
    told.error = { name: error.constructor.name, message: String(error.message), code: error.code };
  }
  await client.close().catch(() => {});
  return told;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await ask(JSON.parse(line))));
}
process.exit(0);
