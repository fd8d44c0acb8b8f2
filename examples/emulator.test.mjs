// Tests of a Node program against the local TikTok, by its control routes.
// Start `stagedoor emulator`, then: STAGEDOOR_TIKTOK_URL=http://127.0.0.1:8701 node --test emulator.test.mjs

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const TIKTOK = process.env.STAGEDOOR_TIKTOK_URL ?? "http://127.0.0.1:8701";
const APP = "emulator-client-key";

/** Call a control route and return its answer; a refusal says which field is wrong. */
async function control(method, path, body) {
  const answer = await fetch(`${TIKTOK}/_emulator/${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(JSON.parse(text).error.message);
  return text === "" ? null : JSON.parse(text);
}

/** The code under test: the titles of an account's newest videos. */
async function titles(token) {
  const answer = await fetch(`${TIKTOK}/v2/video/list/?fields=id,title`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: "{}",
  });
  const { data, error } = await answer.json();
  if (error.code !== "ok") throw new Error(error.code);
  return data.videos.map((video) => video.title);
}

/** Tokens as if the creator had just consented. */
const tokens = (creator) => control("POST", "tokens", { client_key: APP, creator });

beforeEach(() => control("POST", "reset", {}));

test("an account of one's own, with videos", async () => {
  await control("POST", "creators", { username: "amy.bakes", display_name: "Amy" });
  await control("POST", "videos", { creator: "amy.bakes", title: "Rye bread" });
  const { access_token } = await tokens("amy.bakes");
  assert.deepEqual(await titles(access_token), ["Rye bread"]);
});

test("tokens expire when time passes", async () => {
  const { access_token } = await tokens("maracooks");
  await control("POST", "clock", { advance: 2 * 86_400 });
  await assert.rejects(titles(access_token), /access_token_invalid/);
});

test("TikTok fails once, then works", async () => {
  const { access_token } = await tokens("maracooks");
  await control("POST", "faults", { operation: "display.video_list", kind: "rate_limit" });
  await assert.rejects(titles(access_token), /rate_limit_exceeded/);
  assert.ok((await titles(access_token)).length > 0);
  const { requests } = await control("GET", "requests?operation=display.video_list");
  assert.deepEqual(requests.map((one) => one.status), [429, 200]);
});

test("a person denies the login", async () => {
  const asked = new URLSearchParams({
    client_key: APP,
    response_type: "code",
    scope: "user.info.basic",
    redirect_uri: "http://127.0.0.1:3000/callback",
    state: "s1",
  });
  // the consent page is a form; its hidden fields repeat the link's
  const answer = await fetch(`${TIKTOK}/v2/auth/authorize/`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams([...asked, ["creator", "maracooks"], ["decision", "deny"]]),
  });
  const back = new URL(answer.headers.get("location"));
  assert.equal(back.searchParams.get("error"), "access_denied");
  assert.equal(back.searchParams.get("state"), "s1");
});

test("a wrong control call says what is wrong", async () => {
  await assert.rejects(control("POST", "creators", { username: "a b" }), /username/);
});
