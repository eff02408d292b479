// Names of the pages of the settings.

import { t } from '../../lib/words';
import type { Page } from '../app.svelte';

const TITLES: Record<Page, string> = {
  accounts: 'win-accounts',
  softphones: 'win-softphones',
  numbers: 'win-numbers',
  formats: 'win-formats',
  pop: 'win-pop',
  logging: 'win-logging',
  keyring: 'win-keyring',
};

export const pageTitle = (page: Page): string => t(TITLES[page]);
