// The backend of a small SaaS whose customers post to TikTok and answer comments, by Stagedoor.
// It needs Node 20 or newer, and no package.
//
//     export STAGEDOOR_JWT_SECRET=$(openssl rand -hex 32) STAGEDOOR_FETCH_PRIVATE=1
//     stagedoor up &
//     CUSTOMERS='{"acme": "a-long-random-key"}' node examples/backend-node/backend.mjs
//
// Each customer of the SaaS is an organisation of Stagedoor. Browsers speak to this backend alone:
// the secret that signs Stagedoor's tokens, and the tokens, stay here.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const env = process.env;
const STAGEDOOR = env.STAGEDOOR_URL ?? "http://127.0.0.1:8700";
const SECRET = needed("STAGEDOOR_JWT_SECRET");
const PORT = Number(env.PORT ?? 3000);
/** Where browsers and Stagedoor's webhooks reach this backend. */
const APP_URL = env.APP_URL ?? `http://127.0.0.1:${PORT}`;
/** Customers and their keys. Your own users and sessions take this place. */
const CUSTOMERS = Object.entries(JSON.parse(needed("CUSTOMERS")));
const DATA = env.DATA ?? ".";
const EVENTS = ["post.*", "comment.received", "integration.*"];
const MAX_JSON = 1 << 20;
const ATTEMPTS = 3;
/** Seconds by which a webhook's time may differ from this clock. */
const REPLAY_WINDOW = 300;

function needed(name) {
  if (!env[name]) throw new Error(`set ${name}`);
  return env[name];
}

// -- Stagedoor's API

/** An error as the API gives it: `code` for programs, `message` for people. */
class StagedoorError extends Error {
  constructor(status, { code, message, retryable = false, retryAfter = null }) {
    super(message);
    Object.assign(this, { status, code, retryable, retryAfter });
  }
}

/** A JWT for one organisation, valid for a minute. `user` is the person whom the audit names. */
function token(org, role, user = "owner") {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 60;
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ orgid: org, sub: user, role, exp })}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

/**
 * Call the API for an organisation, and return the answer. What can be repeated without a second
 * effect is tried three times: reads, and writes with an Idempotency-Key, where the API says that
 * trying again is of use.
 */
async function call(org, role, method, path, { body, key } = {}) {
  const repeatable = key !== undefined || method !== "POST";
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request(STAGEDOOR + path, {
        method,
        headers: {
          orgid: org,
          authorization: `Bearer ${token(org, role)}`,
          "content-type": "application/json",
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      const wait = error.retryAfter ?? 0.5 * attempt;
      if (!(repeatable && error.retryable) || attempt === ATTEMPTS || wait > 5) throw error;
      await sleep(wait * 1000);
    }
  }
}

const provider = (org, role, operation, body, key) =>
  call(org, role, "POST", `/api/upstream/call/tiktok-provider/${operation}`, { body, key });

/** Send a request, and return its JSON. Every failure is a StagedoorError. */
async function request(url, options) {
  let status, text;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(60_000), ...options });
    [status, text] = [answer.status, await answer.text()];
    if (answer.ok) return text === "" ? null : JSON.parse(text);
  } catch (lost) {
    const message = `Stagedoor isn't reached (${lost.cause?.code ?? lost.name}).`;
    throw new StagedoorError(502, { code: "stagedoor_unreachable", message, retryable: true });
  }
  throw refusal(status, text);
}

function refusal(status, text) {
  try {
    return new StagedoorError(status, JSON.parse(text).error);
  } catch {
    // a proxy in between answered
    const message = `Stagedoor answered HTTP ${status}.`;
    const retryable = [502, 503, 504].includes(status);
    return new StagedoorError(502, { code: "bad_gateway", message, retryable });
  }
}

// -- What the backend keeps: the webhooks' secrets, and a journal of events

const SECRETS = join(DATA, "webhooks.json");
const JOURNAL = join(DATA, "events.jsonl");
const secrets = new Map(Object.entries(JSON.parse(await read(SECRETS, "{}"))));
/** Events by organisation and webhook-id, those being stored, and types of events of each post. */
const seen = new Map();
const storing = new Map();
const aboutPost = new Map();

for (const line of (await read(JOURNAL, "")).split("\n")) {
  try {
    remember(JSON.parse(line));
  } catch {
    // an empty line, or one that was cut off before it was acknowledged: it comes again
  }
}
const journal = await open(JOURNAL, "a", 0o600);

async function read(path, otherwise) {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return otherwise;
    throw error;
  }
}

function remember(event) {
  seen.set(`${event.org}/${event.id}`, event);
  if (!event.data.publishId) return;
  const about = `${event.org}/${event.data.publishId}`;
  aboutPost.set(about, [...(aboutPost.get(about) ?? []), event.type]);
}

/** Store an event once, and durably. The same event that comes meanwhile waits for that. */
function keep(event) {
  const name = `${event.org}/${event.id}`;
  if (!seen.has(name) && !storing.has(name)) {
    const stored = journal
      .appendFile(`\n${JSON.stringify(event)}`)
      .then(() => journal.sync())
      .then(() => remember(event))
      .finally(() => storing.delete(name));
    storing.set(name, stored);
  }
  return storing.get(name);
}

async function keepSecret(org, secret) {
  const all = JSON.stringify({ ...Object.fromEntries(secrets), [org]: secret });
  await writeFile(`${SECRETS}.new`, all, { mode: 0o600, flush: true });
  await rename(`${SECRETS}.new`, SECRETS);
  secrets.set(org, secret);
}

// -- The application

/** An answer of this backend that isn't a success. */
class Refused extends Error {
  constructor(status, message) {
    super(message);
    Object.assign(this, { status, code: "refused", retryable: false });
  }
}

const sha256 = (text) => createHash("sha256").update(text).digest();
const same = (one, other) => timingSafeEqual(sha256(one), sha256(other));

/** The customer whose key the cookie or the header has. */
function customerOf({ headers }) {
  const cookies = new URLSearchParams((headers.cookie ?? "").replaceAll("; ", "&"));
  const bearer = (headers.authorization ?? "").replace(/^Bearer /, "");
  const key = cookies.get("session") || bearer;
  return CUSTOMERS.filter(([, known]) => same(known, key))[0]?.[0];
}

function customer(asked) {
  const org = customerOf(asked);
  if (org === undefined) throw new Refused(401, "Sign in first.");
  return org;
}

/** From the customer's program or page, so that a request that is sent twice has one effect. */
function idempotencyKey({ headers }) {
  const key = headers["idempotency-key"] ?? "";
  if (key.length < 1 || key.length > 100) throw new Refused(400, "Send an Idempotency-Key.");
  return key;
}

async function bytes(asked) {
  const parts = [];
  let size = 0;
  for await (const part of asked) {
    size += part.length;
    if (size > MAX_JSON) throw new Refused(413, "The body is too large.");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const json = (status, body) => [status, { "content-type": "application/json" }, JSON.stringify(body)];
const html = (body) => [200, { "content-type": "text/html; charset=utf-8" }, body];
const redirect = (location, more = {}) => [303, { location, ...more }, ""];
const escape = (text) => String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

async function home(asked, said = "") {
  const org = customerOf(asked);
  if (org === undefined) {
    return html(
      "<form method=post action=/sign-in><input name=key type=password><button>Sign in</button>",
    );
  }
  const { integrations } = await call(org, "viewer", "GET", "/api/integrations");
  const accounts = integrations
    .map((one) => `<li>${escape(one.accountName ?? one.id)}: ${escape(one.status)}`)
    .join("");
  return html(
    `<p>${escape(said)}</p><ul>${accounts}</ul><a href=/connect>Connect TikTok</a> ` +
      "<a href='/connect?kind=businessAccount'>Connect comments</a>",
  );
}

async function signIn(asked) {
  const key = new URLSearchParams((await bytes(asked)).toString()).get("key") ?? "";
  const secure = APP_URL.startsWith("https:") ? "; Secure" : "";
  const cookie = `session=${encodeURIComponent(key)}; Path=/; HttpOnly; SameSite=Lax${secure}`;
  return redirect("/", { "set-cookie": cookie });
}

// -- Connecting an account

const preparing = new Map();

/**
 * Before an organisation's first login: fix where logins may return to, and subscribe this
 * backend's webhook. Its secret is shown once, so a webhook whose secret is lost is replaced.
 */
function prepare(org) {
  if (!preparing.has(org)) {
    preparing.set(org, prepared(org).finally(() => preparing.delete(org)));
  }
  return preparing.get(org);
}

async function prepared(org) {
  if (secrets.has(org)) return;
  const returnUrls = [`${APP_URL}/connected`];
  await call(org, "admin", "PUT", "/api/settings/return-urls", { body: { returnUrls } });
  const url = `${APP_URL}/webhooks/stagedoor/${org}`;
  const { webhooks } = await call(org, "admin", "GET", "/api/webhooks");
  for (const one of webhooks.filter((one) => one.url === url)) {
    await call(org, "admin", "DELETE", `/api/webhooks/${one.id}`);
  }
  const body = { url, events: EVENTS };
  const added = await call(org, "admin", "POST", "/api/webhooks", { body });
  await keepSecret(org, added.secret);
}

/** Send the customer's browser to TikTok. */
async function connect(asked, { query }) {
  const org = customer(asked);
  await prepare(org);
  const body = { kind: query.get("kind") ?? "creator", returnUrl: `${APP_URL}/connected` };
  return redirect((await provider(org, "admin", "get-auth-url", body)).authUrl);
}

/**
 * The page that the browser comes back to. Its query is only what to say: which accounts are
 * connected is asked from Stagedoor.
 */
function connected(asked, { query }) {
  if (query.get("integration") !== "connected") {
    return home(asked, `TikTok wasn't connected (${query.get("reason")}). Please try again.`);
  }
  const missing = query.get("missing");
  return home(asked, `TikTok is connected${missing ? ` without ${missing}` : ""}.`);
}

async function accounts(asked) {
  const { integrations } = await call(customer(asked), "viewer", "GET", "/api/integrations");
  return json(
    200,
    integrations.map(({ id, accountName, status }) => ({ id, accountName, status })),
  );
}

// -- Posts

/**
 * Upload the body, a video, and publish it now or at `publish_at`. With the same Idempotency-Key
 * the request may be repeated at any point of the way.
 */
async function post(asked, { query }) {
  const org = customer(asked);
  const key = idempotencyKey(asked);
  const size = Number(asked.headers["content-length"] ?? 0);
  if (size < 1) throw new Refused(411, "Send the video with its Content-Length.");
  const begun = await provider(
    org,
    "member",
    "init-video-upload",
    {
      caption: query.get("caption"),
      privacyLevel: query.get("privacy_level"),
      publishAt: query.get("publish_at"),
      size,
    },
    key,
  );
  await upload(begun.uploadUrl, asked, size);
  const body = { publishId: begun.publishId };
  return json(201, await provider(org, "member", "publish-video", body, `${key}.publish`));
}

/**
 * Stream a file through to Stagedoor. The address is a secret for this one file: it needs no token,
 * and isn't given to anybody.
 */
async function upload(url, body, size) {
  const before = await fetch(url, { method: "HEAD" }).catch(() => null);
  if (before?.headers.get("upload-complete") === "?1") return; // an earlier try brought the file
  await request(url, {
    method: "PUT",
    headers: {
      "content-type": "application/octet-stream",
      "content-range": `bytes 0-${size - 1}/${size}`, // fetch sends a stream without a length
    },
    body,
    duplex: "half",
    signal: undefined, // as long as the customer sends
  });
}

/** A post's state as Stagedoor has it now, and the events that came about it. */
async function showPost(asked, { id }) {
  const org = customer(asked);
  const found = await call(org, "viewer", "GET", `/api/posts/${id}`);
  return json(200, {
    state: found.state,
    link: found.link,
    publicIds: found.publicIds,
    problem: found.failure && `${found.failure.message} ${found.failure.remedy}`,
    events: aboutPost.get(`${org}/${id}`) ?? [],
  });
}

// -- Stagedoor's webhooks

/**
 * Verify a message by the Standard Webhooks scheme: HMAC-SHA256 over id, time and body, compared
 * in constant time. `webhook-signature` has one or more signatures, separated by blanks.
 */
function verified(secret, headers, body) {
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": given } = headers;
  if (!secret || !id || !given || !/^\d{1,12}$/.test(time ?? "")) return false;
  if (Math.abs(Date.now() / 1000 - Number(time)) > REPLAY_WINDOW) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const right = createHmac("sha256", key).update(`${id}.${time}.`).update(body).digest();
  return given.split(" ").some((one) => {
    if (!one.startsWith("v1,")) return false;
    const signature = Buffer.from(one.slice(3), "base64");
    return signature.length === right.length && timingSafeEqual(signature, right);
  });
}

/**
 * Take an event. It is stored before it is acknowledged; one that comes again is acknowledged and
 * does nothing, since its webhook-id is known.
 */
async function webhook(asked, { id: org }) {
  const body = await bytes(asked);
  if (!verified(secrets.get(org), asked.headers, body)) return [401, {}, ""];
  const { type, data } = JSON.parse(body);
  await keep({ org, id: asked.headers["webhook-id"], type, data });
  return [204, {}, ""];
}

/** The newest events. */
async function events(asked) {
  const org = customer(asked);
  const own = [...seen.values()].filter((one) => one.org === org);
  return json(200, own.slice(-100).reverse().map(({ id, type }) => ({ id, type })));
}

// -- The inbox

/** A page of conversations with an unread comment. */
async function inbox(asked, { query }) {
  const page = new URLSearchParams({ unread: "true" });
  if (query.has("cursor")) page.set("cursor", query.get("cursor"));
  const path = `/api/inbox/conversations?${page}`;
  return json(200, await call(customer(asked), "viewer", "GET", path));
}

/** Have new comments looked for now; they come by themselves otherwise. */
async function refresh(asked) {
  const body = { platform: "tiktok", syncType: "comments" };
  return json(202, await call(customer(asked), "member", "POST", "/api/sync/trigger", { body }));
}

/** Answer a comment as the account; the body is `{"text"}`. */
async function reply(asked, { id }) {
  const org = customer(asked);
  const key = idempotencyKey(asked);
  let text;
  try {
    ({ text } = JSON.parse(await bytes(asked)));
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(400, 'Send {"text": "..."}.');
  }
  const path = `/api/inbox/conversations/${id}`;
  const message = await call(org, "member", "POST", `${path}/reply`, { body: { text }, key });
  await call(org, "member", "POST", `${path}/read`, { key: `${key}.read` });
  return json(200, message);
}

// -- Serving

const ROUTES = [
  ["GET", /^\/$/, (asked) => home(asked)],
  ["POST", /^\/sign-in$/, signIn],
  ["GET", /^\/connect$/, connect],
  ["GET", /^\/connected$/, connected],
  ["GET", /^\/accounts$/, accounts],
  ["POST", /^\/posts$/, post],
  ["GET", /^\/posts\/([\w-]+)$/, showPost],
  ["POST", /^\/webhooks\/stagedoor\/([\w-]+)$/, webhook],
  ["GET", /^\/events$/, events],
  ["GET", /^\/inbox$/, inbox],
  ["POST", /^\/inbox\/refresh$/, refresh],
  ["POST", /^\/inbox\/([\w-]+)\/reply$/, reply],
];

async function answer(asked) {
  try {
    const { pathname, searchParams: query } = new URL(asked.url, APP_URL);
    for (const [method, path, handler] of ROUTES) {
      const match = asked.method === method && path.exec(pathname);
      if (match) return await handler(asked, { query, id: match[1] });
    }
    throw new Refused(404, "There is no such page.");
  } catch (error) {
    if (!(error instanceof StagedoorError || error instanceof Refused)) {
      console.error(error);
      return json(500, { code: "internal_error", message: "Something went wrong here." });
    }
    // a 401 of Stagedoor is this backend's fault, not the customer's
    const ours = error instanceof StagedoorError && error.status === 401;
    const { code, message, retryable, retryAfter } = error;
    const [status, headers, body] = json(ours ? 502 : error.status, { code, message, retryable });
    if (retryAfter != null) headers["retry-after"] = String(Math.round(retryAfter));
    return [status, headers, body];
  }
}

createServer(async (asked, answering) => {
  const [status, headers, body] = await answer(asked);
  answering.writeHead(status, headers).end(body);
}).listen(PORT, "127.0.0.1", () => console.log(`backend on ${APP_URL}`));
