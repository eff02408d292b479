// Pictures of every state in both themes, from the build for the browser, under the same content
// security policy as the shell. Fails when a page says something on the console.
//
//   npm run shots            all
//   node scripts/shots.mjs several ended     only those

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';
import { preview } from 'vite';

const OUT = fileURLToPath(new URL('../../out/ui/', import.meta.url));
const CSP =
  "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'";

const POPS = [
  'searching one several remembered many not_found anonymous internal unreachable failed',
  'signed_out answered two ask ended missed leaving sending logged waiting declined parked',
  'message guess hostile fields fields_few',
]
  .join(' ')
  .split(' ');
/** States that are reached by a key: name, state, keys. */
const ACTED = [
  ['create', 'not_found', ['c']],
  ['search', 'one', ['s', 'n', 'o', 'r']],
  ['deal', 'parked', ['d']],
];
const VIEWS = [
  'calls bulk call call-parked call-several contacts contact-refreshed contact-new empty empty-contacts',
  'settings-accounts settings-account-edit settings-account-add settings-softphones settings-numbers',
  'settings-formats settings-pop settings-logging settings-keyring first-run-1 first-run-2 first-run-3',
  'settings-softphones-cloud first-run-4 notice jump keys call-fields settings-account-folds settings-account-reconnect',
  'settings-account-own-app settings-account-connectors settings-account-form',
  'settings-account-browser settings-account-refused first-run-1-example',
]
  .join(' ')
  .split(' ');

/** What is done in a view before its picture is taken. */
const VIEW_ACTS = {
  bulk: async (page) => {
    for (const at of [3, 4]) await page.locator('.tickbox').nth(at).click();
  },
  call: (page) => page.locator('.call .name').nth(6).click(),
  'call-parked': (page) => page.locator('.call .name').nth(0).click(),
  'call-several': (page) => page.locator('.call .name').nth(1).click(),
  'contact-refreshed': async (page) => {
    await page.locator('.item').nth(1).click();
    await page.keyboard.press('r');
  },
  'contact-new': (page) => page.keyboard.press('c'),
  'settings-account-edit': (page) => page.locator('.cardacts button').nth(1).click(),
  'settings-account-add': (page) => page.locator('.bodyhead button').click(),
  'settings-softphones-cloud': async (page) => {
    await page.locator('.bodyhead button').click();
    await page.locator('[role=radio]').nth(1).click();
  },
  'first-run-4': (page) => page.locator('.steps button').nth(3).click(),
  'call-fields': (page) => page.locator('.call .name').nth(6).click(),
  'settings-account-folds': async (page) => {
    for (const at of [0, 1, 2])
      await page.locator('.card').nth(1).locator('summary').nth(at).click();
    await page.locator('.card').nth(1).locator('[type=tel]').fill('+1 415 555 0142');
    await page.keyboard.press('Enter');
  },
  'settings-account-reconnect': (page) =>
    page.locator('.card').nth(2).locator('.cardacts button').nth(2).click(),
  'settings-account-own-app': async (page) => {
    await adds(page, 'pipedrive');
    await page.locator('.seg button').nth(1).click();
  },
  'settings-account-connectors': async (page) => {
    await adds(page, 'app', 'https://connect.example.com');
  },
  'settings-account-form': async (page) => {
    await adds(page, 'app', 'https://connect.example.com');
    await page.keyboard.type('insi');
    await page.keyboard.press('Enter');
  },
  'settings-account-browser': async (page) => {
    await adds(page, 'example', 'http://127.0.0.1:8808');
  },
  'settings-account-refused': async (page) => {
    await adds(page, 'pipedrive', 'https://weber.pipedrive.com');
    await page.locator('[type=password]').fill('not-the-key');
    await page.keyboard.press('Enter');
  },
  'first-run-1-example': (page) => page.locator('.picklist .row').nth(0).click(),
  jump: (page) => page.keyboard.press('Control+k'),
  keys: (page) => page.keyboard.press('?'),
};

/** Adds an account of the kind that these letters find, at this address. */
async function adds(page, letters, url) {
  await page.locator('.bodyhead button').click();
  await page.keyboard.type(letters);
  await page.keyboard.press('Enter');
  if (!url) return;
  await page.locator('[type=url]').fill(url);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(100);
}

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);
const THEMES = process.env.THEME ? [process.env.THEME] : ['light', 'dark'];

mkdirSync(OUT, { recursive: true });
const server = await preview({
  root: fileURLToPath(new URL('..', import.meta.url)),
  build: { outDir: '../out/ui-demo' },
  preview: { host: '127.0.0.1', port: 0, headers: { 'Content-Security-Policy': CSP } },
});
const base = server.resolvedUrls?.local[0] ?? 'http://127.0.0.1:4173/';
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--font-render-hinting=none'],
});
let complaints = 0;

async function open(url, size, scale = 2) {
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: scale });
  page.on('console', (line) => {
    if (line.type() !== 'error' && line.type() !== 'warning') return;
    complaints += 1;
    console.error(`${url}: ${line.text()}`);
  });
  page.on('pageerror', (error) => {
    complaints += 1;
    console.error(`${url}: ${error.message}`);
  });
  await page.goto(base + url);
  return page;
}

async function pop(name, state, keys, theme, zoom = 1) {
  const size = { width: 380 * zoom, height: 340 * zoom };
  const page = await open(`pop.html?state=${state}&theme=${theme}&zoom=${zoom}`, size, 2);
  await page.waitForSelector('.stack > .pop');
  for (const key of keys) await page.keyboard.press(key);
  await page.waitForTimeout(keys.length > 0 ? 500 : 250);
  // As the shell does: the window takes the height that the content asks for.
  const height = await page.evaluate(
    () => document.querySelector('.stack')?.getBoundingClientRect().height,
  );
  await page.setViewportSize({ width: size.width, height: Math.ceil(height ?? 340) });
  await page.screenshot({ path: `${OUT}pop-${name}-${theme}.png` });
  await page.close();
}

// A zoomed page has half the room: media queries see the smaller window too.
async function view(name, theme, zoom = 1) {
  const size = { width: 1100 / zoom, height: 720 / zoom };
  const page = await open(`index.html?demo=${name}&theme=${theme}`, size, 1.5 * zoom);
  await page.waitForTimeout(300);
  await VIEW_ACTS[name]?.(page);
  await page.waitForTimeout(200);
  await page.screenshot({ path: `${OUT}window-${name}${zoom === 1 ? '' : '-zoom'}-${theme}.png` });
  await page.close();
}

try {
  for (const theme of THEMES) {
    for (const name of POPS) if (wanted(name)) await pop(name, name, [], theme);
    for (const [name, state, keys] of ACTED) if (wanted(name)) await pop(name, state, keys, theme);
    for (const name of VIEWS) if (wanted(name)) await view(name, theme);
  }
  if (wanted('zoom')) {
    for (const name of ['several', 'ended', 'unreachable'])
      await pop(`${name}-zoom`, name, [], 'light', 2);
    for (const name of ['calls', 'settings-formats']) await view(name, 'light', 2);
  }
} finally {
  await browser.close();
  await server.close();
}
if (complaints > 0) {
  console.error(`${complaints} complaints on the console`);
  process.exitCode = 1;
}
