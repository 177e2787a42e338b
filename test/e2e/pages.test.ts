import { mkdirSync } from "node:fs";
import path from "node:path";
import { type Browser, type Page, expect as see } from "@playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AppConfig, appConfigSchema } from "#protocol/config.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DemoHouse, startDemo } from "../support/demoHouse.ts";
import { axeFaults, cutFaults, focusAfter, sidewaysFaults } from "../support/pageFaults.ts";
import { openSitePage, type SitePage } from "../support/sitePage.ts";

// Every page of the site, in light and dark, on a phone, a tablet and a desk. COINDROP_SHOTS names a folder for
// pictures of all of them.

const PATIENCE = { timeout: 20_000 };
const HEIGHTS = { 360: 740, 768: 1024, 1440: 900 } as const;
const WIDTHS = [360, 768, 1440] as const;
const THEMES = ["light", "dark"] as const;
/** axe looks at the narrowest and the widest: what lies between is made of the same parts. */
const AXE_WIDTHS: readonly number[] = [360, 1440];
/** Most elements that are visited by keyboard on one page. */
const STOPS = 60;

let house: DemoHouse;
let browser: Browser;

beforeAll(async () => {
  house = await startDemo(["--crowd"]);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

type Visit = {
  readonly name: string;
  readonly path: () => string;
  readonly heading: string;
  /** Something that is there only once the page shows what it is for. */
  readonly shows: (page: Page) => ReturnType<Page["getByText"]>;
};

const contestPath = (rest = ""): string => `/contest/${house.demo.contest}${rest}`;
const NOBODY = "0x00000000000000000000000000000000000000aa";

const visits: readonly Visit[] = [
  {
    name: "entries",
    path: () => contestPath(),
    heading: "Ten small models worth keeping",
    shows: (page) => page.getByRole("heading", { name: "tickermood", exact: true }),
  },
  {
    name: "ranking",
    path: () => contestPath("/ranking"),
    heading: "Ten small models worth keeping",
    shows: (page) => page.getByRole("heading", { name: "Who overtook whom" }),
  },
  {
    name: "rules",
    path: () => contestPath("/rules"),
    heading: "Ten small models worth keeping",
    shows: (page) => page.getByRole("heading", { name: "The rules in words" }),
  },
  {
    name: "activity",
    path: () => contestPath("/activity"),
    heading: "Ten small models worth keeping",
    shows: (page) => page.getByTestId("activity-row").first(),
  },
  {
    name: "entry",
    path: () => contestPath("/entry/1"),
    heading: "bedtime",
    shows: (page) => page.getByTestId("chat-input"),
  },
  {
    name: "coins",
    path: () => "/coins",
    heading: "My coins",
    shows: (page) => page.getByRole("heading", { name: "No wallet connected" }),
  },
  { name: "nodes", path: () => "/nodes", heading: "Nodes", shows: (page) => page.getByText("127.0.0.1").first() },
  {
    name: "audit",
    path: () => "/audit",
    heading: "Audit",
    shows: (page) => page.getByText("npm run audit --").first(),
  },
  {
    name: "powers",
    path: () => "/powers",
    heading: "Who can do what",
    shows: (page) => page.getByRole("heading", { name: "What capturing the pot would cost" }),
  },
  {
    name: "not-found",
    path: () => "/attic",
    heading: "Nothing hangs here",
    shows: (page) => page.getByText("This address leads to no page of the site."),
  },
  {
    name: "unknown-contest",
    path: () => `/contest/${NOBODY}`,
    heading: "No contest lives at this address",
    shows: (page) => page.getByText("The chain knows no contest"),
  },
  {
    name: "unknown-entry",
    path: () => contestPath("/entry/4711"),
    heading: "No entry with this number",
    shows: (page) => page.getByText("The contest has no such entry."),
  },
];

let site: SitePage;

describe.each(visits)("$name", (visit) => {
  beforeAll(async () => {
    site = await openSitePage(browser, { reducedMotion: "reduce" });
    const { page } = site;
    await page.goto(`${house.demo.appUrl}${visit.path()}`);
    await see(visit.shows(page)).toBeVisible(PATIENCE);
    await see(page.locator("[aria-busy=true]")).toHaveCount(0, PATIENCE);
  });

  afterAll(() => site.close());

  test("has a title and one first heading", async () => {
    expect(await site.page.title()).toMatch(/^.+ · Coindrop$/);
    expect(await site.page.getByRole("heading", { level: 1 }).allInnerTexts()).toEqual([visit.heading]);
  });

  test.each(WIDTHS)(
    "at %i px nothing scrolls sideways, is cut, or is a fault to axe, in light and dark",
    async (width) => {
      const { page } = site;
      await page.setViewportSize({ width, height: HEIGHTS[width] });
      expect(await sidewaysFaults(page), "scrolls sideways").toEqual([]);
      expect(await cutFaults(page), "cut").toEqual([]);
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        await shoot(page, `${visit.name}-${width}-${theme}`);
        if (AXE_WIDTHS.includes(width)) expect.soft(await axeFaults(page), `axe, ${theme}`).toEqual([]);
      }
    },
  );

  test("is reached by keyboard: first the way past the header, then everything in view and marked", async () => {
    const { page } = site;
    await page.setViewportSize({ width: 1440, height: HEIGHTS[1440] });
    await page.evaluate(() => {
      scrollTo(0, 0);
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    const first = await focusAfter(page, "Tab");
    expect(first).toMatchObject({ what: 'a "Skip to the content"', isVisible: true });
    expect((await focusAfter(page, "Enter")).isMain).toBe(true);
    const hidden: string[] = [];
    for (let stop = 0; stop < STOPS; stop++) {
      const focused = await focusAfter(page, "Tab");
      if (focused.isBody) break;
      if (!focused.isVisible) hidden.push(focused.what);
    }
    expect(hidden).toEqual([]);
  });

  test("asks no other machine for anything, and breaks nowhere", () => {
    expect(site.strayed).toEqual([]);
    expect(site.broken).toEqual([]);
  });
});

describe("what opens on a page", () => {
  beforeEach(async () => {
    site = await openSitePage(browser, { reducedMotion: "reduce" });
  });

  afterEach(async () => {
    const { broken, strayed } = site;
    await site.close();
    expect(broken).toEqual([]);
    expect(strayed).toEqual([]);
  });

  /** Has the page's server tell another configuration. */
  async function configure(change: (config: AppConfig) => AppConfig): Promise<void> {
    await site.page.route("**/config.json", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: change(appConfigSchema.parse(await response.json())) });
    });
  }

  test("a site with several contests begins with a list of them", async () => {
    const { page } = site;
    await configure((config) => ({ ...config, contests: [...config.contests, NOBODY] }));
    await page.goto(house.demo.appUrl);
    await see(page.getByRole("heading", { level: 1 })).toHaveText(["Contests"], PATIENCE);
    await see(page.getByRole("heading", { name: "Open now" })).toBeVisible(PATIENCE);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHTS[width] });
      expect.soft(await sidewaysFaults(page)).toEqual([]);
      await shoot(page, `home-${width}-light`);
    }
    expect.soft(await axeFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "Ten small models worth keeping" }).click();
    await see(page.getByRole("heading", { name: "tickermood", exact: true })).toBeVisible(PATIENCE);
  });

  test("the draw can be checked; Escape closes the window and the focus is where it was", async () => {
    const { page } = site;
    await page.goto(`${house.demo.appUrl}${contestPath()}`);
    const opener = page.getByRole("button", { name: "Check the draw" });
    await opener.click(PATIENCE);
    const dialog = page.getByRole("dialog", { name: "How this order was drawn" });
    await see(dialog).toBeVisible();
    expect.soft(await axeFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await see(dialog).toBeHidden();
    await see(opener).toBeFocused();
  });

  test("on a phone the pages that do not fit the bar are one press further", async () => {
    const { page } = site;
    await page.setViewportSize({ width: 360, height: HEIGHTS[360] });
    await page.goto(`${house.demo.appUrl}${contestPath()}`);
    await page.getByRole("button", { name: "More" }).click(PATIENCE);
    expect.soft(await axeFaults(page)).toEqual([]);
    await page.getByRole("dialog", { name: "More" }).getByRole("link", { name: "Nodes" }).click();
    await see(page.getByRole("heading", { level: 1 })).toHaveText(["Nodes"], PATIENCE);
    await see(page.getByRole("dialog", { name: "More" })).toBeHidden();
  });

  test("a chosen theme outlives a reload", async () => {
    const { page } = site;
    await page.goto(`${house.demo.appUrl}/audit`);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    const theme = page.getByRole("button", { name: /^Theme: / });
    await theme.click(PATIENCE);
    await theme.click();
    await see(theme).toHaveAccessibleName("Theme: dark. Change it.");
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await see(theme).toHaveAccessibleName("Theme: dark. Change it.", PATIENCE);
    expect(await ground()).toBe(dark);
  });

  test("who has no wallet, outside the demo, reads what one is", async () => {
    const { page } = site;
    await configure((config) => ({ ...config, demo: null }));
    await page.goto(`${house.demo.appUrl}/coins`);
    await page.getByTestId("rk-connect-button").first().click(PATIENCE);
    await see(page.getByRole("dialog", { name: "No wallet in this browser" })).toBeVisible(PATIENCE);
    await see(page.getByText("A local demo.")).toHaveCount(0);
    expect.soft(await axeFaults(page)).toEqual([]);
  });

  test("a receipt opens to every check that was made, in light and dark", async () => {
    const { page } = site;
    await page.goto(`${house.demo.appUrl}${contestPath("/entry/1")}`);
    await page.getByRole("button", { name: "Tell me a story about a brave bear named Roland" }).click(PATIENCE);
    await see(page.getByTestId("seal")).toBeVisible({ timeout: 60_000 });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await shoot(page, `chat-1440-${theme}`);
      expect.soft(await axeFaults(page)).toEqual([]);
    }
    await page.getByRole("button", { name: "See every check" }).click();
    const dialog = page.getByRole("dialog", { name: "What was checked in this browser" });
    await see(dialog.getByText("The answer's hash fits its tokens")).toBeVisible();
    await shoot(page, "receipt-1440-dark");
    expect.soft(await axeFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 360, height: HEIGHTS[360] });
    expect.soft(await sidewaysFaults(page)).toEqual([]);
    await shoot(page, "chat-360-dark");
  });
});

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env["COINDROP_SHOTS"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
