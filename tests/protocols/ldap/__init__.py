"""Tests of protocols.ldap."""
