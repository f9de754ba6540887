"""The statements that read what an organization's tables hold, to find out whether it changed."""

# In the order of each table's own key.
CONTENTS = {
    table: f"SELECT * FROM {table} WHERE organization_id = $1 ORDER BY {order}"
    for table, order in {
        "members": "id",
        "member_emails": "email_key, member_id",
        "groups": "id",
        "group_members": "group_id, member_id",
        "invitations": "id",
        "audit_events": "sequence",
    }.items()
}
ORGANIZATION = {"organizations": "SELECT * FROM organizations WHERE id = $1"}
REQUESTS = {
    "provisioning_requests": "SELECT * FROM provisioning_requests WHERE organization_id = $1"
    " ORDER BY position"
}
