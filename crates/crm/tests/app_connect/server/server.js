// A real App Connect server (npm: @app-connect/core) with a database in memory (PGlite) and a CRM of
// our own behind it, all on loopback. Says `READY {"url":…,"crm":…}` once it answers; ends when its
// standard input closes, so that it never outlives whoever started it.
'use strict';

const net = require('net');

const listen = (app) => new Promise((done, failed) => {
  const server = app.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${server.address().port}`));
  server.on('error', failed);
});

const freePort = () => new Promise((done, failed) => {
  const probe = net.createServer().on('error', failed);
  probe.listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});

async function database() {
  const { PGlite } = await import('@electric-sql/pglite');
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket');
  const db = await PGlite.create();
  const port = await freePort();
  await new PGLiteSocketServer({ db, port, host: '127.0.0.1' }).start();
  // PGlite serves one connection at a time: the pool must not ask for a second.
  const { Sequelize } = require('sequelize');
  Sequelize.addHook('beforeInit', (_config, options) => {
    options.pool = { max: 1, min: 1, idle: 3600_000, acquire: 30_000 };
  });
  return `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
}

async function main() {
  Object.assign(process.env, {
    APP_SERVER_SECRET_KEY: 'for-tests-only',
    HASH_KEY: 'for-tests-only',
    IS_PROD: 'true',
    USE_CACHE: 'true',
    DATABASE_URL: await database(),
  });
  const core = require('@app-connect/core');
  const { createCrm } = require('./crm');
  const { createConnector } = require('./connector');
  const { manifest } = require('./manifest');
  const app = core.createCoreApp({ skipAnalyticsInit: true });
  const behind = createCrm(require('./side').create());
  const crm = await listen(behind.app);
  const url = await listen(app);
  const full = manifest(url, crm);
  core.connectorRegistry.setDefaultManifest(full);
  for (const [name, platform] of Object.entries(full.platforms)) {
    const connector = createConnector(name, platform.auth.type, crm, behind.state);
    core.connectorRegistry.registerConnector(name, connector, full);
  }
  process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();
  process.stdout.write(`READY ${JSON.stringify({ url, crm })}\n`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
