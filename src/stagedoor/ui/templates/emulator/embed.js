(() => {
  const origin = new URL(document.currentScript.src).origin;
  const frames = () => {
    for (const quote of document.querySelectorAll("blockquote.{{ quote }}")) {
      const { videoId, uniqueId } = quote.dataset;
      const frame = document.createElement("iframe");
      frame.src = videoId
        ? `${origin}/embed/v2/${encodeURIComponent(videoId)}`
        : `${origin}/@${encodeURIComponent(uniqueId)}`;
      frame.title = "TikTok";
      frame.style.cssText = "border:0; width:100%; height:740px";
      quote.replaceChildren(frame);
      quote.classList.remove("{{ quote }}");
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", frames);
  else frames();
})();
