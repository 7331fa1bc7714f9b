"""Tests of protocols.ews.xoauth."""
