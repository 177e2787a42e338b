import { mkdirSync } from "node:fs";
import path from "node:path";
import { type Browser, type Page, expect as see } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env["COINDROP_SHOTS"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
