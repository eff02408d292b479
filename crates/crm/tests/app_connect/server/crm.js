// The CRM behind the server: contacts and activities in memory, an API that the connector calls as
// any connector calls its CRM, and `/_/…`, where a test reads all that is held and plays faults.
'use strict';

const express = require('express');
const data = require('./data');

/** Answers like a CRM that holds `data`; `server` is asked to do what only App Connect's side can. */
function createCrm(server) {
  const state = data.fresh();
  const app = express();
  app.use(express.json({ limit: '5mb' }));
  app.use(express.urlencoded({ extended: true }));
  app.use('/_', oracle(state, server));
  app.use((req, res, next) => record(state, req, res, next));
  app.use('/oauth', oauth(state));
  app.use('/api', (req, res, next) => authorize(state, req, res, next), api(state));
  return { app, state };
}

/** Writes the request down, then plays the first fault that fits it. */
async function record(state, req, res, next) {
  state.requests.push({ method: req.method, path: req.path, query: req.query, body: req.body });
  const name = `${req.method} ${req.path}`;
  const fault = state.faults.find((f) => f.times > 0 && name.startsWith(f.on));
  if (!fault) return next();
  fault.times -= 1;
  if (fault.delay_ms) await new Promise((done) => setTimeout(done, fault.delay_ms));
  // With `after`, the CRM does as it was asked and then fails: the worst kind.
  if (fault.after) {
    const send = res.json.bind(res);
    res.json = () => { res.status(fault.status); return send({ error: 'fault' }); };
    return next();
  }
  if (!fault.status) return next();
  return res.status(fault.status).json(fault.body ?? { error: 'fault' });
}

function authorize(state, req, res, next) {
  const [scheme, text] = (req.get('authorization') ?? '').split(' ');
  const key = scheme === 'Basic' ? Buffer.from(text ?? '', 'base64').toString().split(':')[0] : text;
  const rights = state.keys[key];
  if (!rights) return res.status(401).json({ error: 'bad key' });
  req.me = state.people[key] ?? state.me;
  if (rights === 'read' && req.method !== 'GET') return res.status(403).json({ error: 'read only' });
  return next();
}

function api(state) {
  const router = express.Router();
  const of = (table, req, res) => {
    const found = state[table][req.params.id];
    if (!found) res.status(404).json({ error: 'not found' });
    return found;
  };
  router.get('/me', (req, res) => res.json(req.me));
  router.get('/contacts', (req, res) => {
    const all = Object.values(state.contacts);
    const { phone, extension, name } = req.query;
    if (phone !== undefined) return res.json(all.filter((c) => c.phone === phone || c.phones?.includes(phone)));
    if (extension !== undefined) return res.json(all.filter((c) => c.extension === extension));
    const wanted = String(name ?? '').toLowerCase();
    return res.json(all.filter((c) => c.name.toLowerCase().includes(wanted)));
  });
  router.post('/contacts', (req, res) => {
    if (!req.body.name) return res.status(422).json({ error: 'name is required' });
    const id = `c-${state.next++}`;
    state.contacts[id] = { id, ...req.body };
    return res.status(201).json(state.contacts[id]);
  });
  router.post('/activities', (req, res) => {
    if (!state.contacts[req.body.contact]) return res.status(404).json({ error: 'no such contact' });
    const { queue } = req.body.additional ?? {};
    if (queue && !['sales', 'care'].includes(queue)) return res.status(422).json({ error: 'There is no such queue.' });
    const id = `act-${state.next++}`;
    state.activities[id] = { id, ...req.body };
    return res.status(201).json(state.activities[id]);
  });
  router.get('/activities/:id', (req, res) => {
    const found = of('activities', req, res);
    if (found) res.json(found);
  });
  router.patch('/activities/:id', (req, res) => {
    const found = of('activities', req, res);
    if (found) res.json(Object.assign(found, req.body));
  });
  router.post('/messages', (req, res) => {
    const id = `msg-${state.next++}`;
    state.messages[id] = { id, ...req.body };
    res.status(201).json(state.messages[id]);
  });
  router.post('/messages/:id/texts', (req, res) => {
    const found = of('messages', req, res);
    if (!found) return;
    found.texts.push(req.body);
    res.json(found);
  });
  return router;
}

/** OAuth 2 with a code; the browser's part answers at once, as a person who allows it would. */
function oauth(state) {
  const router = express.Router();
  router.get('/authorize', (req, res) => {
    const url = new URL(req.query.redirect_uri);
    url.searchParams.set('code', `code-${state.next++}`);
    if (req.query.state) url.searchParams.set('state', req.query.state);
    res.redirect(url.toString());
  });
  router.post('/token', (req, res) => {
    const refresh = req.body.grant_type === 'refresh_token';
    if (refresh && !state.refresh_tokens.includes(req.body.refresh_token)) {
      return res.status(400).json({ error: 'invalid_grant' });
    }
    const token = `access-${state.next++}`;
    state.keys[token] = 'full';
    const refresh_token = `refresh-${state.next++}`;
    state.refresh_tokens.push(refresh_token);
    return res.json({ access_token: token, refresh_token, token_type: 'bearer', expires_in: state.lifetime_s });
  });
  return router;
}

function oracle(state, server) {
  const router = express.Router();
  const done = (res) => res.json({ ok: true });
  router.get('/state', (_req, res) => res.json({ ...state, notes: server.notes() }));
  router.post('/reset', async (_req, res) => {
    Object.assign(state, data.fresh());
    await server.forget();
    done(res);
  });
  // [{ on: 'POST /api/activities', times, status?, delay_ms?, after? }]
  router.put('/faults', (req, res) => { state.faults = req.body; done(res); });
  router.put('/records/:table/:id', (req, res) => {
    state[req.params.table][req.params.id] = { ...state[req.params.table][req.params.id], ...req.body };
    done(res);
  });
  router.delete('/records/:table/:id', (req, res) => {
    delete state[req.params.table][req.params.id];
    done(res);
  });
  // { keys?, refresh_tokens?, lifetime_s?, format?, notice?, contacts? }
  router.put('/switch', (req, res) => { Object.assign(state, req.body); done(res); });
  router.delete('/requests', (_req, res) => { state.requests = []; done(res); });
  // What a telephone account's administrator and the passing of time do.
  router.post('/account', async (req, res) => res.json(await server.joinAccount(req.body)));
  router.post('/user', async (req, res) => res.json(await server.setUser(req.body)));
  router.post('/expire', async (req, res) => res.json(await server.expire(req.body)));
  router.post('/token', (req, res) => res.json({ token: server.token(req.body) }));
  return router;
}

module.exports = { createCrm };
