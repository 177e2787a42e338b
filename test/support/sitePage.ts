import type { Browser, BrowserContextOptions, Page } from "@playwright/test";

export type SitePage = {
  readonly page: Page;
  /** Requests that left the machine; must stay empty. */
  readonly strayed: readonly string[];
  /** Errors that nobody caught in the page. */
  readonly broken: readonly string[];
  readonly close: () => Promise<void>;
};

/** Opens an empty page that writes down every request to another machine and every uncaught error. */
export async function openSitePage(browser: Browser, options: BrowserContextOptions = {}): Promise<SitePage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  const strayed: string[] = [];
  const broken: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    const isWeb = url.protocol.startsWith("http") || url.protocol.startsWith("ws");
    if (isWeb && url.hostname !== "127.0.0.1") strayed.push(request.url());
  });
  page.on("pageerror", (error) => broken.push(error.message));
  return { page, strayed, broken, close: () => context.close() };
}
