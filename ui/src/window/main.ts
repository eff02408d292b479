import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/fields.css';
import '../styles/window/frame.css';
import '../styles/window/calls.css';
import '../styles/window/contacts.css';
import '../styles/window/settings.css';
import '../styles/window/accounts.css';
import '../styles/window/first.css';
import '../styles/window/sheets.css';

import { mount } from 'svelte';

import App from './App.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target });
