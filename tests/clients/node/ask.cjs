// Asks an EWS server with ews-javascript-api: a question as JSON on standard input, the answer as JSON on standard output.
"use strict";
const ews = require("ews-javascript-api");

const VIEWS = {
  FreeBusy: ews.AvailabilityData.FreeBusy,
  Suggestions: ews.AvailabilityData.Suggestions,
  Both: ews.AvailabilityData.FreeBusyAndSuggestions,
};

function blocks(attendee) {
  if (attendee.Result !== ews.ServiceResult.Success) {
    return ews.ServiceError[attendee.ErrorCode];
  }
  return attendee.CalendarEvents.map((event) => [
    event.StartTime.MomentDate.toISOString(),
    event.EndTime.MomentDate.toISOString(),
    ews.LegacyFreeBusyStatus[event.FreeBusyStatus],
  ]);
}

async function freeBusy(question) {
  const service = new ews.ExchangeService(ews.ExchangeVersion[question.version || "Exchange2013"]);
  service.Credentials = new ews.WebCredentials(question.username, question.password);
  service.Url = new ews.Uri(question.url);
  const attendees = question.addresses.map((address) => new ews.AttendeeInfo(address));
  const window = new ews.TimeWindow(new ews.DateTime(question.start), new ews.DateTime(question.end));
  const results = await service.GetUserAvailability(attendees, window, VIEWS[question.data || "FreeBusy"]);
  return results.AttendeesAvailability ? results.AttendeesAvailability.Responses.map(blocks) : [];
}

async function discover(question) {
  const service = new ews.AutodiscoverService(new ews.Uri(question.url), ews.ExchangeVersion.Exchange2013);
  service.Credentials = new ews.WebCredentials(question.username, question.password);
  const response = await service.GetUserSettings(question.addresses[0], [ews.UserSettingName.ExternalEwsUrl]);
  return response.Settings.get(ews.UserSettingName.ExternalEwsUrl) || ews.AutodiscoverErrorCode[response.ErrorCode];
}

async function main() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  const question = JSON.parse(text);
  try {
    const answer = await (question.what === "discover" ? discover(question) : freeBusy(question));
    process.stdout.write(`\n${JSON.stringify({ answer })}\n`);
  } catch (error) {
    const code = error && error.ErrorCode ? ews.ServiceError[error.ErrorCode] : undefined;
    process.stdout.write(`\n${JSON.stringify({ error: code || (error && error.message) || String(error) })}\n`);
  }
}

main();
