// Draws the PNG sizes of the icons from their SVG. Run after a change: `npm run icons`.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const DIR = fileURLToPath(new URL('../../icons/', import.meta.url));
const TRAY = ['idle', 'ringing', 'paused', 'attention'];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

async function draw(svg, size, file) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const data = readFileSync(DIR + svg).toString('base64');
  await page.setContent(
    `<body style="margin:0"><img width="${size}" height="${size}" style="display:block" src="data:image/svg+xml;base64,${data}">`,
  );
  await page.waitForFunction(() => document.images[0]?.complete);
  await page.screenshot({ path: DIR + file, omitBackground: true });
  await page.close();
}

for (const size of [16, 24, 32]) await draw('ringside-small.svg', size, `${size}.png`);
for (const size of [48, 64, 128, 256, 512]) await draw('ringside.svg', size, `${size}.png`);
await draw('ringside.svg', 512, 'icon.png');
for (const state of TRAY) await draw(`tray-${state}.svg`, 32, `tray-${state}.png`);
for (const state of TRAY) await draw(`tray-${state}.svg`, 64, `tray-${state}@2x.png`);
await browser.close();
