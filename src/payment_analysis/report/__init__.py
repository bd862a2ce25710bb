"""The approval report: a verdict with money, how the rate is built, where good money is lost, what to do first."""
