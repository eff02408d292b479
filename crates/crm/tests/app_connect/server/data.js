// What the CRM holds at first. Numbers are of the ranges that are kept for fiction.
'use strict';

const person = (id, name, phone, more = {}) => ({ id, name, phone, type: 'Contact', ...more });

function fresh() {
  const contacts = [
    person('c-1', 'Nadia Okafor', '+14155550142', {
      title: 'Head of Operations',
      company: 'Brightwater Logistics',
      created: '2024-01-15T10:00:00Z',
      active: '2026-08-01T09:30:00Z',
      deals: [{ const: 'd-1', title: 'Renewal 2027' }, { const: 'd-2', title: '40 seats' }],
    }),
    person('c-2', 'Tomás Reyes', '+14155550143', { company: 'Reyes & Sons' }),
    person('c-3', 'Tomás Reyes', '+14155550143', { type: 'Lead', created: '2025-05-01T00:00:00Z' }),
    person('c-4', 'Iris Falk', '(415) 555-0144', { company: 'Falk Optics' }),
    person('c-5', 'Front Desk', '', { extension: '101', company: 'Internal' }),
  ];
  return {
    me: { id: 7, name: 'Sam Agent' },
    // Whose keys are another's.
    people: { 'read-only-key': { id: 8, name: 'Rita Reader' } },
    // Keys, and tokens that /oauth gave out, with their rights.
    keys: { 'full-key': 'full', 'read-only-key': 'read' },
    refresh_tokens: [],
    lifetime_s: 3600,
    contacts: Object.fromEntries(contacts.map((contact) => [contact.id, contact])),
    activities: {},
    messages: {},
    requests: [],
    faults: [],
    // Of the bodies that App Connect composes: text/plain, text/html or text/markdown.
    format: 'text/plain',
    // What the connector says with each answer to a search, if not how many it found.
    notice: null,
    next: 100,
  };
}

module.exports = { fresh };
