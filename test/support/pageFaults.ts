import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe holds against the page as it is shown now, by WCAG 2 up to level AA: rule, element and reason. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary?.replaceAll(/\s+/g, " ")}`),
  );
}

/** What reaches beyond the page's right edge and makes it scroll sideways; empty where nothing does. */
export function sidewaysFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      element !== document.body &&
      element !== document.documentElement &&
      (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    const wide = [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5 && !scrolls(element.parentElement))
      .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`);
    return [`${scrollWidth} px wide in ${clientWidth}`, ...wide];
  });
}

/** Texts that are cut by their own box, without an ellipsis to say so. */
export function cutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("h1, h2, h3, p, button, a, dd, dt, th, td, label")]
      .filter((element) => {
        const style = getComputedStyle(element);
        const isHidden = style.clipPath !== "none" || element.getClientRects().length === 0;
        const cuts = style.overflowX === "hidden" || style.overflowX === "clip";
        return !isHidden && cuts && style.textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => `${element.tagName.toLowerCase()}: ${element.textContent?.slice(0, 60)}`),
  );
}

/** Facts about the element that has the focus. */
export type Focused = {
  readonly what: string;
  readonly isMain: boolean;
  readonly isBody: boolean;
  /** It lies on the screen and an outline, ring or shadow shows that it has the focus. */
  readonly isVisible: boolean;
};

/** The element that has the focus, after `key` was pressed. */
export async function focusAfter(page: Page, key: string): Promise<Focused> {
  await page.keyboard.press(key);
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const isOnScreen =
      box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < document.body.clientWidth;
    const isMarked = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    const name = element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40) ?? "";
    return {
      what: `${element.tagName.toLowerCase()} "${name}"`,
      isMain: element.id === "main",
      isBody: element === document.body,
      isVisible: isOnScreen && isMarked,
    };
  });
}
