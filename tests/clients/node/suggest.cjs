// Asks an EWS server for meeting times with ews-javascript-api: a question on standard input, the answer on standard output.
"use strict";
const ews = require("ews-javascript-api");

function suggested(time) {
  return {
    start: time.MeetingTime.MomentDate.toISOString(),
    work: time.IsWorkTime,
    quality: ews.SuggestionQuality[time.Quality],
    conflicts: time.Conflicts.map((each) => ews.LegacyFreeBusyStatus[each.FreeBusyStatus]),
  };
}

async function main() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  const question = JSON.parse(text);
  try {
    const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2013);
    service.Credentials = new ews.WebCredentials(question.username, question.password);
    service.Url = new ews.Uri(question.url);
    const attendees = question.addresses.map((address) => new ews.AttendeeInfo(address));
    const window = new ews.TimeWindow(new ews.DateTime(question.start), new ews.DateTime(question.end));
    const options = new ews.AvailabilityOptions();
    options.MeetingDuration = question.minutes;
    options.MaximumSuggestionsPerDay = 48;
    options.MaximumNonWorkHoursSuggestionsPerDay = 48;
    options.MinimumSuggestionQuality = ews.SuggestionQuality.Poor;
    const wanted = ews.AvailabilityData[question.data];
    const results = await service.GetUserAvailability(attendees, window, wanted, options);
    const days = results.Suggestions.map((day) => ({
      date: day.Date.MomentDate.toISOString(),
      quality: ews.SuggestionQuality[day.Quality],
      times: day.TimeSuggestions.map(suggested),
    }));
    process.stdout.write(`\n${JSON.stringify({ answer: days })}\n`);
  } catch (error) {
    process.stdout.write(`\n${JSON.stringify({ error: (error && error.message) || String(error) })}\n`);
  }
}

main();
