"""Server-to-server authentication of Exchange ([MS-XOAUTH]): the challenge, the tokens and their checks; pure."""
