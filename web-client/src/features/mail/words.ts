// What the mailbox for development says.
export const MAIL = {
  title: "Mail (development)",
  lead: "This server has no mail server set: what it would have sent stands here, newest first.",
  caption: "Mails that were not sent",
  sentTo: "To",
  subject: "Subject",
  kind: "Kind",
  at: "At",
  pages: "Pages of mails",
  open: (subject: string, to: string) => `${subject}, to ${to}`,
  link: "Follow the link in it",
  copy: "Link",
  html: "As most programs show it",
  text: "As text",
  gone: "This mail is not on this page of the list.",
  emptyTitle: "No mail yet",
  empty:
    "Invite somebody, or let your identity provider report a person: the invitation comes here.",
  members: "Invite a member",
  sentTitle: "Mails are really sent here",
  sent: "A mail server is set, so nothing is kept. What happened to an invitation stands at its member.",
  seeMembers: "See members",
} as const;

export const KIND: Record<string, string> = {
  INVITATION: "Invitation",
  REMINDER: "Reminder",
  CONFIRMABLE: "Somebody waits",
  CONFIRMED: "Confirmed",
  ACCESS_REVOKED: "Access ended",
  SIGN_IN: "Sign-in link",
};
