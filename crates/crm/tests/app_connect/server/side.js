// What the tests need of App Connect's own side and no request can do.
'use strict';

const { UserModel } = require('@app-connect/core/models/userModel');
const { AdminConfigModel } = require('@app-connect/core/models/adminConfigModel');
const { AccountDataModel } = require('@app-connect/core/models/accountDataModel');
const { CallLogModel } = require('@app-connect/core/models/callLogModel');
const { MessageLogModel } = require('@app-connect/core/models/messageLogModel');
const { CallDownListModel } = require('@app-connect/core/models/callDownListModel');
const { NoteCache } = require('@app-connect/core/models/dynamo/noteCacheSchema');
const { sign } = require('jsonwebtoken');

function create() {
  // Notes go to DynamoDB otherwise, and a server without one ends at the first note.
  const notes = new Map();
  NoteCache.create = async ({ sessionId, note }) => { notes.set(sessionId, { sessionId, note }); };
  NoteCache.get = async ({ sessionId }) => notes.get(sessionId);

  return {
    /** Everything that a sign-in or a log has left behind. */
    async forget() {
      notes.clear();
      for (const model of [UserModel, AdminConfigModel, AccountDataModel, CallLogModel, MessageLogModel, CallDownListModel]) {
        await model.destroy({ where: {} });
      }
    },
    /** Makes all users members of a telephone account, as a sign-in with its token does: from then
     * on matches are cached, and its administrator's settings count. */
    async joinAccount({ account, userSettings }) {
      await UserModel.update({ rcAccountId: account }, { where: {} });
      if (userSettings) await AdminConfigModel.upsert({ id: account, userSettings });
      return { ok: true };
    },
    /** Puts settings into those of all users, as an older client with an administrator's did. */
    async setUser(userSettings) {
      await UserModel.update({ userSettings }, { where: {} });
      return { ok: true };
    },
    /** Makes the CRM tokens of all users old, so that the next request refreshes them. */
    async expire() {
      await UserModel.update({ tokenExpiry: new Date(0) }, { where: {} });
      return { ok: true };
    },
    /** A session for a user that has so many seconds left. */
    token: ({ id, platform, seconds }) =>
      sign({ id, platform }, process.env.APP_SERVER_SECRET_KEY, { expiresIn: seconds }),
    notes: () => Object.fromEntries(notes),
  };
}

module.exports = { create };
