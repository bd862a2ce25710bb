"""Questions in words: what they mean, the SQL that answers them, and an honest no when they mean nothing we hold.

semantics   what can be asked for: metrics and dimensions, one home for this room and for the Genie spaces
parser      words → Spec, by lexicon and values of the data; every word is read, or named as ignored
model       the same Spec from a language model, when one is configured
compiler    Spec → SQL in the Databricks dialect
answer      Spec and rows → a sentence, a table, chips; numbers come from rows only
genie       the same semantics as files of Databricks Genie
"""
