import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/embeddable.css';

import { tauriWidget } from '../lib/host/tauri';
import { t } from '../lib/words';
import { connect } from './frame';

const host = tauriWidget();
const find = <E extends HTMLElement>(selector: string) => document.querySelector<E>(selector);

const frame = find<HTMLIFrameElement>('#widget');
const form = find<HTMLFormElement>('#paste');
const address = find<HTMLInputElement>('#address');

if (frame && form && address) {
  frame.title = t('widget-frame');
  for (const [selector, id] of [
    ['#paste label', 'widget-paste'],
    ['#why', 'widget-paste-why'],
    ['#paste button', 'widget-paste-done'],
  ] as const) {
    const element = find(selector);
    if (element) element.textContent = t(id);
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void host.signedInAt(address.value.trim());
    address.value = '';
    form.hidden = true;
  });
  void connect(host, frame, () => {
    form.hidden = false;
    address.focus();
  });
}
