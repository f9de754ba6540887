// What the overview says.
export const HEALTH = {
  DISABLED: ["Off", "bar", "calm", "Provisioning is switched off."],
  NEVER_CONTACTED: [
    "Waiting for the first call",
    "box",
    "wait",
    "No identity provider has called yet.",
  ],
  HEALTHY: ["Healthy", "tick", "good", "The last call met no error."],
  FAILING: ["Failing", "cross", "bad", "The last call met an error."],
  SILENT: ["Silent", "bolt", "wait", "No call for three days."],
} as const;

export const OUTCOME_SERIES = [
  { name: "applied", tone: "good" },
  { name: "unchanged", tone: "calm" },
  { name: "rejected", tone: "wait" },
  { name: "failed", tone: "bad" },
] as const;

export const STATUS_ROWS = [
  ["CONFIRMED", "confirmed", "Confirmed"],
  ["ACCEPTED", "accepted", "Waiting for confirmation"],
  ["INVITED", "invited", "Invited"],
  ["STAGED", "staged", "Staged"],
  ["REVOKED", "revoked", "Revoked"],
] as const;
