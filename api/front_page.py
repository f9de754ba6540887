"""The page at `/` where no web console was built: what this server is and where its doors are."""

from html import escape

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rollcall</title>
<h1>Rollcall</h1>
<p>This server keeps the memberships of organizations: identity providers report people and groups
over SCIM 2.0, and administrators see and steer them over GraphQL. Its web console was not built
here: <code>make console</code> does it.</p>
<ul>
<li>SCIM base URL, for your identity provider: <code>{url}/v2/<var>organization id</var></code></li>
<li>GraphQL, with an access token, by POST: <code>{url}/graphql</code></li>
<li>State: <a href="alive">alive</a>, <a href="ready">ready</a>,
<a href="metrics">figures for Prometheus</a></li>
</ul>
<p>Whoever operates this server makes keys and access tokens with the command
<code>rollcall</code>; <code>rollcall --help</code> lists what it can do.</p>
</html>
"""


def front_page(public_url: str) -> str:
    """The page as HTML."""
    return _PAGE.format(url=escape(public_url))
