// A whole post through a client whose types are made from the service's OpenAPI document.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Post = components["schemas"]["PostShown"];

export async function post(
  baseUrl: string,
  token: string,
  orgid: string,
  film: Blob,
): Promise<{ post: Post; refused: string }> {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });
  const header = { orgid };

  const begun = await client.POST("/api/upstream/call/tiktok-provider/init-video-upload", {
    params: { header: { ...header, "Idempotency-Key": "a-film-by-typescript" } },
    body: { title: "By TypeScript", privacyLevel: "SELF_ONLY" },
  });
  if (begun.error !== undefined) throw new Error(begun.error.error.message);
  const { publishId, uploadUrl } = begun.data;
  if (uploadUrl === null) throw new Error("there is nowhere to upload to");

  const capability = uploadUrl.slice(uploadUrl.lastIndexOf("/") + 1);
  const sent = await client.PUT("/upload/{capability}", {
    params: { path: { capability } },
    headers: { "content-type": "application/octet-stream" },
    body: film as unknown as string,
    bodySerializer: (body) => body as unknown as Blob,
  });
  if (sent.data?.complete !== true) throw new Error("the upload isn't complete");

  const published = await client.POST("/api/upstream/call/tiktok-provider/publish-video", {
    params: { header },
    body: { publishId },
  });
  if (published.error !== undefined) throw new Error(published.error.error.message);

  const unknown = await client.GET("/api/posts/{publish_id}", {
    params: { header, path: { publish_id: "no-such-post" } },
  });
  const refused = unknown.error?.error.code ?? "";
  for (;;) {
    const shown = await client.GET("/api/posts/{publish_id}", {
      params: { header, path: { publish_id: publishId } },
    });
    if (shown.error !== undefined) throw new Error(shown.error.error.message);
    if (shown.data.state === "published" || shown.data.failure !== null) {
      return { post: shown.data, refused };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
