package io.http2drain.live;

import java.util.List;

/** What must hold for the page whatever it shows. */
final class PageCheck {

  /** WCAG 2.2, success criterion 1.4.3: 4.5 to 1; of disabled controls nothing is asked. */
  private static final String FAINT_TEXTS =
      """
      const parse = (text) => text.match(/[\\d.]+/g).map(Number);
      const channel = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      const luminance = ([r, g, b]) =>
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
      const ground = (element) => {
        for (let e = element; e; e = e.parentElement) {
          const color = parse(getComputedStyle(e).backgroundColor);
          if (color.length < 4 || color[3] > 0) return color;
        }
        return [255, 255, 255];
      };
      const faint = [];
      for (const element of document.querySelectorAll('body *')) {
        const text = [...element.childNodes].filter((n) => n.nodeType === 3)
          .map((n) => n.data.trim()).join('');
        if (!text || element.closest('svg, noscript') || element.disabled
            || !element.checkVisibility()) {
          continue;
        }
        const [a, b] = [luminance(parse(getComputedStyle(element).color)),
          luminance(ground(element))].sort((x, y) => y - x);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < 4.5) faint.push(`${text}: ${contrast.toFixed(2)}`);
      }
      return faint;
      """;

  private PageCheck() {}

  /** The texts that cannot be read well, each with its contrast. */
  static Object faintTexts(Browser browser) {
    return browser.run(FAINT_TEXTS);
  }

  /** Whether the page has to be moved sideways. */
  static boolean overflows(Browser browser) {
    return (Boolean) browser.run("return document.documentElement.scrollWidth > window.innerWidth");
  }

  /** Console lines about what the page may not do. */
  static List<String> violations(Browser browser) {
    return browser.console().stream()
        .filter(line -> line.contains("Content Security Policy") || line.contains("Uncaught"))
        .toList();
  }
}
