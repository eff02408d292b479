// The connector between App Connect and the CRM of `crm.js`.
'use strict';

const axios = require('axios');
// The server's own, as the bundled connectors use it.
const awesome = require.resolve('awesome-phonenumber', { paths: [require.resolve('@app-connect/core')] });
const { parsePhoneNumber } = require(awesome);

const said = (message) => ({ message, messageType: 'success', ttl: 2000 });

/** A connector that signs in with `auth` (`apiKey` or `oauth`) to the CRM at `base`. `state` has the
 * format of composed bodies, and what is to be said with a search. */
function createConnector(name, auth, base, state) {
  const crm = async (method, path, authHeader, body, params) => {
    const headers = { Authorization: authHeader };
    return (await axios({ method, url: `${base}/api${path}`, headers, data: body, params })).data;
  };
  return {
    getAuthType: () => auth,
    getBasicAuth: ({ apiKey }) => Buffer.from(`${apiKey}:`).toString('base64'),
    getLogFormatType: () => state.format,
    ...(auth === 'oauth' && {
      getOauthInfo: async () => ({
        clientId: 'ringside-test',
        clientSecret: 'not-a-secret',
        accessTokenUri: `${base}/oauth/token`,
        redirectUri: 'http://127.0.0.1:1/redirect',
      }),
      authValidation: async ({ user }) => {
        await crm('GET', '/me', `Bearer ${user.accessToken}`);
        return { successful: true, returnMessage: said('ok'), status: 200 };
      },
    }),

    async getUserInfo({ authHeader, hostname, additionalInfo }) {
      try {
        const me = await crm('GET', '/me', authHeader);
        const platformUserInfo = {
          id: `${me.id}-${name}`,
          name: me.name,
          timezoneName: 'UTC',
          timezoneOffset: '+00:00',
          platformAdditionalInfo: { ...additionalInfo, hostname },
        };
        return { successful: true, platformUserInfo, returnMessage: said('Connected.') };
      } catch {
        const message = 'Could not load user information';
        return { successful: false, returnMessage: { messageType: 'warning', message, ttl: 3000 } };
      }
    },

    async unAuthorize({ user }) {
      await user.update({ accessToken: '', refreshToken: '' });
      return { returnMessage: said('Logged out') };
    },

    async findContact({ authHeader, phoneNumber, overridingFormat, isExtension }) {
      const searches = isExtension === 'true'
        ? [{ extension: phoneNumber }]
        : forms(phoneNumber, overridingFormat).map((phone) => ({ phone }));
      const found = new Map();
      for (const search of searches) {
        const contacts = await crm('GET', '/contacts', authHeader, undefined, search);
        for (const contact of contacts) found.set(contact.id, matched(contact));
      }
      const matchedContactInfo = [...found.values()];
      if (isExtension !== 'true') matchedContactInfo.push(createOption());
      const returnMessage = state.notice ?? said(`Found ${found.size} contacts`);
      return { successful: true, matchedContactInfo, returnMessage };
    },

    async findContactWithName({ authHeader, name: wanted }) {
      const contacts = await crm('GET', '/contacts', authHeader, undefined, { name: wanted });
      return { successful: true, matchedContactInfo: contacts.map(matched) };
    },

    async createContact({ authHeader, phoneNumber, newContactName, newContactType, additionalSubmission }) {
      const made = await crm('POST', '/contacts', authHeader, {
        name: newContactName, type: newContactType, phone: phoneNumber, additional: additionalSubmission,
      });
      const contactInfo = { id: made.id, name: made.name, type: made.type };
      return { contactInfo, returnMessage: said('Contact created.') };
    },

    async createCallLog({ authHeader, contactInfo, callLog, additionalSubmission, composedLogDetails }) {
      const created = crm('POST', '/activities', authHeader, {
        contact: contactInfo.id,
        contact_type: contactInfo.type,
        contact_name: contactInfo.name,
        session: callLog.sessionId,
        subject: callLog.customSubject,
        direction: callLog.direction,
        from: callLog.from.phoneNumber,
        to: callLog.to.phoneNumber,
        start: new Date(callLog.startTime).toISOString(),
        duration: callLog.duration,
        result: callLog.result,
        body: composedLogDetails,
        additional: additionalSubmission,
      });
      try {
        return { logId: (await created).id, returnMessage: said('Call logged') };
      } catch (error) {
        // The CRM's own words, which App Connect would replace with its own.
        if (error.response?.status !== 422) throw error;
        return { returnMessage: { ...said(error.response.data.error), messageType: 'warning' } };
      }
    },

    async getCallLog({ authHeader, callLogId }) {
      const found = await crm('GET', `/activities/${callLogId}`, authHeader);
      const callLogInfo = {
        subject: found.subject,
        note: noteOf(found.body),
        fullBody: found.body,
        fullLogResponse: found,
        dispositions: found.dispositions,
        contactName: found.contact_name,
      };
      return { callLogInfo, returnMessage: said('Call log fetched.') };
    },

    async updateCallLog({ authHeader, existingCallLog, subject, note, startTime, duration, result,
      additionalSubmission, composedLogDetails }) {
      await crm('PATCH', `/activities/${existingCallLog.thirdPartyLogId}`, authHeader, {
        subject,
        duration,
        result,
        body: composedLogDetails,
        // As some connectors do: without a start it is now.
        start: new Date(startTime ?? Date.now()).toISOString(),
        ...(additionalSubmission && { additional: additionalSubmission }),
      });
      return { updatedNote: note, returnMessage: said('Call log updated.') };
    },

    async upsertCallDisposition({ authHeader, existingCallLog, dispositions }) {
      const logId = existingCallLog.thirdPartyLogId;
      await crm('PATCH', `/activities/${logId}`, authHeader, { dispositions });
      return { logId, returnMessage: said('Disposition saved') };
    },

    async createMessageLog({ authHeader, contactInfo, message, additionalSubmission }) {
      const made = await crm('POST', '/messages', authHeader, {
        contact: contactInfo.id, additional: additionalSubmission, texts: [text(message)],
      });
      return { logId: made.id, returnMessage: said('Message logged') };
    },

    async updateMessageLog({ authHeader, existingMessageLog, message }) {
      await crm('POST', `/messages/${existingMessageLog.thirdPartyLogId}/texts`, authHeader, text(message));
      return { returnMessage: said('Message logged') };
    },
  };
}

/** The note inside a composed body, as connectors find it whose CRM keeps one text. */
function noteOf(body) {
  const found = /- Note: ([\s\S]*?)\n- Summary:/.exec(body)
    ?? /## Agent notes\n([\s\S]*?)\n\n## Call details/.exec(body)
    ?? /<b>Agent notes<\/b><br>([\s\S]*?)<br><br><b>Call details/.exec(body);
  return found?.[1].trim() ?? '';
}

/** The number as it came, then in each template of the list, filled with the national significant
 * number as the bundled connectors do it. */
function forms(phoneNumber, overridingFormat) {
  const digits = parsePhoneNumber(phoneNumber).number?.significant ?? '';
  const masks = String(overridingFormat ?? '').split(',').filter(Boolean);
  const filled = masks.map((mask) => {
    let at = 0;
    return mask.replace(/[#*]/g, (mark) => digits[at++] ?? mark);
  });
  return [phoneNumber, ...filled];
}

const matched = (contact) => ({
  id: contact.id,
  name: contact.name,
  phone: contact.phone,
  type: contact.type,
  title: contact.title,
  company: contact.company,
  createdDate: contact.created,
  mostRecentActivityDate: contact.active,
  additionalInfo: contact.deals ? { associatedDeal: contact.deals } : null,
});

const createOption = () => ({
  id: 'createNewContact', name: 'Create new contact...', additionalInfo: null, isNewContact: true,
});

const text = (message) => ({
  id: message.id, direction: message.direction, text: message.subject, at: message.creationTime,
});

module.exports = { createConnector };
