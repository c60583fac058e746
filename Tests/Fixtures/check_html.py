"""Checks exported HTML in headless Chromium: in light and dark, in narrow and wide windows.

By hand: python3 Tests/Fixtures/check_html.py GRADUS [NOTEBOOK.grd.md...] [--chromium PROGRAM]
A page must need no script and nothing from outside, be no wider than the window, hide nothing of its text
but what is folded, and every text must differ from what is behind it by 4.5 to 1 (WCAG 2.1, 1.4.3).
"""
import glob
import html
import json
import os
import re
import subprocess
import sys
import tempfile

gradus, *rest = sys.argv[1:]
chromium = "chromium"
if "--chromium" in rest:
    at = rest.index("--chromium")
    chromium = rest[at + 1]
    del rest[at:at + 2]
pages = rest or sorted(glob.glob("notebooks/**/*.grd.md", recursive=True))

# Runs in the page once it stands; its findings are read from the document that Chromium prints.
PROBE = """
const rgb = s => (s.match(/[0-9.]+/g) || [0, 0, 0, 0]).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const clear = c => c.length > 3 && c[3] < 1;
const behind = e => {
  for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor);
    if (!clear(c)) return c;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
};
const faults = [], root = document.documentElement;
if (root.scrollWidth > innerWidth) faults.push(`is ${root.scrollWidth} wide in ${innerWidth}`);
for (const d of document.querySelectorAll("details")) d.open = true;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let texts = 0, least = 21;
while (walk.nextNode()) {
  const text = walk.currentNode.data.trim(), e = walk.currentNode.parentElement;
  if (!text || e.closest("script, style, title, desc, svg")) continue;
  texts += 1;
  const style = getComputedStyle(e);
  if (!e.getClientRects().length || style.visibility !== "visible")
    faults.push(`hides "${text.slice(0, 40)}"`);
  const [a, b] = [light(rgb(style.color)), light(behind(e))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  least = Math.min(least, ratio);
  if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: "${text.slice(0, 40)}"`);
}
for (const s of document.querySelectorAll("svg"))
  if (s.getBoundingClientRect().width < 20) faults.push("has a drawing of no width");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const note = document.createElement("pre");
note.id = "probe";
note.textContent = JSON.stringify({faults, texts, least, dark, width: innerWidth});
document.body.append(note);
"""

failed, least = 0, 21.0


def fault(text):
    global failed
    failed += 1
    print("---", text)


with tempfile.TemporaryDirectory() as folder:
    there, probed = os.path.join(folder, "a.html"), os.path.join(folder, "b.html")
    for page in pages:
        subprocess.run([gradus, "convert", page, there], check=True, capture_output=True)
        text = open(there, encoding="utf-8").read()
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n', text)
        if "<script" in text or not policy or policy[1] != "default-src 'none'; style-src 'unsafe-inline'":
            fault(f"{page}: may run a script or fetch something")
        # The page's own policy would stop the probe.
        bare = text.replace(policy[0], "") if policy else text
        open(probed, "w", encoding="utf-8").write(bare + f"<script>{PROBE}</script>")
        for dark in (False, True):
            # Headless windows are at least 500 wide.
            for width in (500, 1280):
                ran = subprocess.run(
                    [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},900",
                     f"--user-data-dir={folder}/profile", f"--blink-settings=preferredColorScheme={0 if dark else 1}",
                     "--dump-dom", "file://" + probed],
                    capture_output=True, text=True, timeout=60)
                found = re.search(r'<pre id="probe">(.*?)</pre>', ran.stdout, re.S)
                if not found:
                    fault(f"{page}: Chromium shows nothing: {ran.stderr[-200:]}")
                    continue
                told = json.loads(html.unescape(found[1]))
                least = min(least, told["least"])
                if told["dark"] != dark or not told["texts"]:
                    fault(f"{page}: was not drawn as asked: {told}")
                for one in told["faults"]:
                    fault(f"{page} ({'dark' if dark else 'light'}, {told['width']}): {one}")
print(f"{len(pages)} pages, least contrast {least:.2f}, {failed} faults")
sys.exit(failed > 0)
