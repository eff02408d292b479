import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/fields.css';
import '../styles/pop.css';
import '../styles/pop-parts.css';

import { mount } from 'svelte';

import { popReady } from '../lib/host';
import Pop from './Pop.svelte';

const target = document.getElementById('app');
if (target) mount(Pop, { target });
// Two frames later the first paint has happened, off screen, so that a ring finds all warm.
requestAnimationFrame(() => requestAnimationFrame(() => void popReady()));
