// Asks questions in one thread with AG-UI's own client: node ask.mjs URL TOKEN THREAD QUESTION...
import { HttpAgent } from "@ag-ui/client";

const [url, token, threadId, ...questions] = process.argv.slice(2);
const headers = token ? { Authorization: `Bearer ${token}` } : {};
const agent = new HttpAgent({ url, headers, threadId });
const events = [];
let failed = null;
try {
  for (const content of questions) {
    agent.addMessage({ id: `m${events.length}`, role: "user", content });
    await agent.runAgent({}, { onEvent: ({ event }) => void events.push(event) });
  }
} catch (error) {
  failed = String(error.message ?? error);
}
const told = events.map(({ type, stepName, name, value }) => ({ type, stepName, name, value }));
console.log(JSON.stringify({ events: told, messages: agent.messages, failed }));
