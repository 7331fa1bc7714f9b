// xml-crypto and xml-encryption as the far side of a federation. "ask": an organisation and the issuer of its token put
// a signed question and post it. "check": whoever is asked deciphers the token and checks both signatures.
// One question as JSON on standard input, one answer out.
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import xmlenc from 'xml-encryption';

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const DS_MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const XENC = 'http://www.w3.org/2001/04/xmlenc#';
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const SAML = 'urn:oasis:names:tc:SAML:1.0:assertion';
const TRUST = 'http://schemas.xmlsoap.org/ws/2005/02/trust';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity';
const ASSERTION_ID = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID';
const CLAIMS = {
  EmailAddress: 'http://schemas.xmlsoap.org/claims',
  RequestorDomain: 'http://schemas.microsoft.com/ws/2006/04/identity/claims',
  action: 'http://schemas.xmlsoap.org/ws/2006/12/authorization/claims',
};
const MACS = {
  sha1: { signature: `${DS}hmac-sha1`, digest: `${DS}sha1` },
  sha256: { signature: `${DS_MORE}hmac-sha256`, digest: `${XENC}sha256` },
};

class HmacSha256 { // xml-crypto brings HMAC-SHA1 alone
  getSignature(info, key) { return createHmac('sha256', key).update(info).digest('base64'); }

  verifySignature(info, key, value) {
    const [ours, theirs] = [this.getSignature(info, key), value].map((text) => Buffer.from(text, 'base64'));
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  }

  getAlgorithmName() { return MACS.sha256.signature; }
}

const parsed = (xml) => new DOMParser().parseFromString(xml, 'text/xml');
const first = (node, space, name) => node.getElementsByTagNameNS(space, name)[0];

function span(at) {
  const begins = new Date(at);
  return [begins, new Date(begins.getTime() + 5 * 60_000)].map((instant) => instant.toISOString());
}

function bySecret(options) {
  const signature = new SignedXml({ idMode: 'wssecurity', ...options });
  signature.enableHMAC(); // HMAC and nothing else
  signature.SignatureAlgorithms[MACS.sha256.signature] = HmacSha256;
  return signature;
}

function sign(signature, xml, xpaths, { digest, transforms = [], location }) {
  for (const xpath of xpaths) {
    signature.addReference({ xpath, digestAlgorithm: digest, transforms: [...transforms, C14N] });
  }
  signature.computeSignature(xml, { location });
  return signature.getSignedXml();
}

// What the signature covers, as it was signed: nothing else is to be believed.
function verified(what, signature, xml, element) {
  let right;
  try {
    signature.loadSignature(element);
    right = signature.checkSignature(xml);
  } catch {
    right = false;
  }
  if (!right) throw new Error(`${what} signature`);
  return signature.getSignedReferences();
}

function encryption(certificate) {
  return {
    rsa_pub: certificate,
    pem: certificate,
    encryptionAlgorithm: `${XENC}aes256-cbc`,
    keyEncryptionAlgorithm: `${XENC}rsa-oaep-mgf1p`,
    keyEncryptionDigest: 'sha1',
    disallowEncryptionWithInsecureAlgorithm: false, // AES-CBC, which federation tokens are encrypted with
    warnInsecureAlgorithm: false,
  };
}

const decryption = (key) => ({ key, disallowDecryptionWithInsecureAlgorithm: false, warnInsecureAlgorithm: false });

async function assertion(id, secret, { issuer, token, certificate }) {
  const [begins, ends] = span(token.at);
  const proof = token.wrapped
    ? await promisify(xmlenc.encryptKeyInfo)(secret, encryption(certificate))
    : `<KeyInfo xmlns="${DS}"><t:BinarySecret xmlns:t="${TRUST}">${secret.toString('base64')}</t:BinarySecret></KeyInfo>`;
  const claims = Object.entries(CLAIMS).map(([name, space]) => `
      <saml:Attribute AttributeName="${name}" AttributeNamespace="${space}">
        <saml:AttributeValue>${token.claims[name]}</saml:AttributeValue>
      </saml:Attribute>`);
  const xml = `<saml:Assertion xmlns:saml="${SAML}" MajorVersion="1" MinorVersion="1" AssertionID="${id}"
    Issuer="${issuer.uri}" IssueInstant="${begins}">
    <saml:Conditions NotBefore="${begins}" NotOnOrAfter="${ends}">
      <saml:AudienceRestrictionCondition><saml:Audience>${token.audience}</saml:Audience></saml:AudienceRestrictionCondition>
    </saml:Conditions>
    <saml:AttributeStatement>
      <saml:Subject>
        <saml:NameIdentifier>${token.claims.EmailAddress}</saml:NameIdentifier>
        <saml:SubjectConfirmation>
          <saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</saml:ConfirmationMethod>${proof}
        </saml:SubjectConfirmation>
      </saml:Subject>${claims.join('')}
    </saml:AttributeStatement></saml:Assertion>`;
  const signature = new SignedXml({
    privateKey: issuer.key,
    publicCert: issuer.certificate, // goes into KeyInfo: a stranger's offers itself there too
    signatureAlgorithm: `${DS_MORE}rsa-sha256`,
    canonicalizationAlgorithm: C14N,
    idAttribute: 'AssertionID',
  });
  return sign(signature, xml, ['/*'], { digest: `${XENC}sha256`, transforms: [`${DS}enveloped-signature`] });
}

async function ask(question) {
  const { url, soap, content, at, mac, certificate, change } = question;
  const [id, secret, [begins, ends]] = [`uuid-${randomUUID()}`, randomBytes(32), span(at)];
  const token = await promisify(xmlenc.encrypt)(await assertion(id, secret, question), encryption(certificate));
  const xml = `<s:Envelope xmlns:s="${soap}" xmlns:u="${WSS}-utility-1.0.xsd"><s:Header>
    <o:Security xmlns:o="${WSS}-secext-1.0.xsd" s:mustUnderstand="1">
      <u:Timestamp u:Id="time"><u:Created>${begins}</u:Created><u:Expires>${ends}</u:Expires></u:Timestamp>${token}
    </o:Security></s:Header><s:Body u:Id="body">${content}</s:Body></s:Envelope>`;
  const { signature: signatureAlgorithm, digest } = MACS[mac];
  const signature = bySecret({ privateKey: secret, signatureAlgorithm, canonicalizationAlgorithm: C14N });
  signature.getKeyInfoContent = () => `<o:SecurityTokenReference xmlns:o="${WSS}-secext-1.0.xsd"><o:KeyIdentifier`
    + ` ValueType="${ASSERTION_ID}">${id}</o:KeyIdentifier></o:SecurityTokenReference>`;
  const [time, body, security] = ['Timestamp', 'Body', 'Security'].map((name) => `//*[local-name(.)='${name}']`);
  const signed = sign(signature, xml, [time, body], { digest, location: { reference: security, action: 'append' } });
  const sent = change ? signed.replace(...change) : signed;
  if (change && sent === signed) throw new Error('there is nothing to change');
  const headers = { 'Content-Type': 'text/xml; charset=utf-8' };
  const answer = await fetch(url, { method: 'POST', headers, body: sent });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
}

async function check({ message, issuer, key }) {
  const encrypted = first(parsed(message), XENC, 'EncryptedData').toString();
  const token = await promisify(xmlenc.decrypt)(encrypted, decryption(key)).catch(() => {
    throw new Error('not deciphered');
  });
  const byIssuer = new SignedXml({ publicCert: issuer, idAttribute: 'AssertionID' });
  const [believed] = verified('token', byIssuer, token, first(parsed(token), DS, 'Signature'));
  const said = parsed(believed);
  const held = first(said, SAML, 'SubjectConfirmation');
  const clear = first(held, TRUST, 'BinarySecret');
  const secret = clear
    ? Buffer.from(clear.textContent, 'base64')
    : xmlenc.decryptKeyInfo(first(held, DS, 'KeyInfo').toString(), decryption(key));
  const signature = first(parsed(message), DS, 'Signature');
  const signed = verified('message', bySecret({ publicCert: secret }), message, signature);
  return { claims: first(said, SAML, 'AttributeStatement').textContent, signed };
}

let text = '';
for await (const part of process.stdin) text += part;
const { what, ...question } = JSON.parse(text);
let answer;
try {
  answer = await { ask, check }[what](question);
} catch (error) {
  answer = { failed: error.message };
}
process.stdout.write(`${JSON.stringify(answer)}\n`);
