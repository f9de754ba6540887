// What the sign-in page says.
export const SIGN_IN = {
  title: "Sign in",
  lead: "There are no passwords here: a link in a mail lets you in.",
  already: (email: string) => `You are signed in as ${email} in this browser.`,
  goOn: "Go on as you are",
  email: "Your e-mail address",
  submit: "Send me a link",
  sentTitle: "Look into your mailbox",
  sent: (email: string) =>
    `If ${email} is known here, a mail with a link is on its way. It works once, for 15 minutes.`,
  other: "Use another address",
  development:
    "This server sends no mails. Whoever runs it finds them in the console under “Mail”, or prints a link with rollcall sign-in-link.",
  organization: "Sign in with your organization",
  organizationName: "Short name of your organization",
  organizationHint: "As in the address of its console: …/o/short-name",
  find: "Go on",
  none: (organization: string) =>
    `“${organization}” has no sign-in of its own here. Use a link by mail instead.`,
  with: (name: string) => `Sign in with ${name}`,
} as const;

export const REDEEM = {
  title: "One click to go",
  lead: "You opened a sign-in link. It works once, in this browser.",
  submit: "Sign in",
  void: "This link does not work any more",
  again: "Ask for a new link",
} as const;

const START_AGAIN = "Begin again from here.";

/** Why single sign-on came to nothing, by the code in the address. */
const PROBLEMS: Record<string, string> = {
  unknown_provider: "This sign-in was taken away from the organization, or never was there.",
  bad_destination: `The address to come back to was none of this console. ${START_AGAIN}`,
  too_many: "Too many sign-ins at once. Wait a minute, then try again.",
  provider_unreachable:
    "Your organization's sign-in did not answer. Try again in a minute, or tell your administrators.",
  provider_refused:
    "Your organization's sign-in refused this server. Its administrators have to look at its client id and secret.",
  denied: "You said no at your organization's sign-in, or it does not let you in here.",
  expired: `That took too long. ${START_AGAIN}`,
  other_attempt: `It ended in another window than it began in. ${START_AGAIN}`,
  invalid_token:
    "Your organization's sign-in answered with something this server cannot trust. Tell your administrators.",
  email_missing:
    "Your organization's sign-in did not say your e-mail address. Tell your administrators.",
  email_unverified:
    "Your organization's sign-in does not vouch for your e-mail address. Tell your administrators.",
  not_a_member:
    "You are no member of this organization, and it did not invite you. Ask its administrators.",
};

export function problemInWords(code: string): string {
  return PROBLEMS[code] ?? "Something went wrong on the way. Try again.";
}
