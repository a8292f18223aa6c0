// What this action is measured against: the least that asks for a JWT over HTTPS in Node. No checks, no mask, no retry.
const https = require('node:https')
const { request } = process.env.URL.startsWith('https:') ? https : require('node:http')
const post = request(
  process.env.URL,
  { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  answer => answer.pipe(process.stdout),
)
post.end(
  new URLSearchParams({
    grant_type: 'client_credentials',
    response_type: 'id_token',
    client_id: process.env.ID,
    client_secret: process.env.SECRET,
    scope: 'user:name',
  }).toString(),
)
