// What the server says of itself to its clients.
'use strict';

const settings = [{
  id: 'demoSettings',
  type: 'section',
  name: 'Demo CRM options',
  items: [
    { id: 'demoSilent', type: 'boolean', name: 'Silent', description: 'No mail on a log.', defaultValue: false },
    {
      id: 'demoQueue', type: 'option', name: 'Queue', defaultValue: 'sales',
      options: [{ id: 'sales', name: 'Sales' }, { id: 'care', name: 'Care' }],
    },
    { id: 'demoPrefix', type: 'inputField', name: 'Prefix' },
  ],
}];

const callLogFields = [
  { const: 'associatedDeal', title: 'Deal', type: 'selection', contactDependent: true },
  {
    const: 'queue', title: 'Queue', type: 'selection', contactDependent: false, required: true,
    options: [{ const: 'sales', title: 'Sales' }, { const: 'care', title: 'Care' }],
  },
  { const: 'ticket', title: 'Ticket', type: 'inputField', description: 'Its number.' },
  { const: 'billable', title: 'Billable', type: 'checkbox', defaultValue: true },
];

function platform(name, crm, auth) {
  return {
    name,
    displayName: 'Demo CRM',
    logoUrl: 'https://example.com/logo.png',
    developer: { name: 'Ringside' },
    auth,
    urlIdentifier: '*://*.demo.example/*',
    environment: { type: 'dynamic', urlIdentifier: '*.demo.example', url: crm },
    contactTypes: [{ display: 'Contact', value: 'Contact' }, { display: 'Lead', value: 'Lead' }],
    contactPageUrl: 'https://{hostname}/{contactType}/{contactId}',
    canOpenLogPage: true,
    logPageUrl: 'https://{hostname}/activities/{logId}',
    page: { useContactSearch: true, callLog: { additionalFields: callLogFields } },
    settings,
  };
}

/** The manifest of the server at `url`, with the CRM at `crm` behind it. */
function manifest(url, crm) {
  const apiKey = {
    type: 'apiKey',
    apiKey: { page: { title: 'Demo CRM', content: [{ const: 'apiKey', title: 'API key', type: 'string', required: true }] } },
  };
  const oauth = {
    type: 'oauth',
    oauth: { authUrl: `${crm}/oauth/authorize`, clientId: 'ringside-test', redirectUri: 'http://127.0.0.1:1/redirect', scope: 'scope=calls+contacts' },
  };
  return {
    author: { name: 'Ringside tests', websiteUrl: 'https://example.com', supportUrl: 'https://example.com/support' },
    serverUrl: url,
    version: '1.0.0',
    platforms: { demo: platform('demo', crm, apiKey), demoOAuth: platform('demoOAuth', crm, oauth) },
  };
}

module.exports = { manifest };
