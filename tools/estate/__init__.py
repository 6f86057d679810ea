"""The sample estate: an invented casino operator with 14 AWS accounts, answered by an AWS endpoint on 127.0.0.1.

boto3 talks to it over HTTP exactly as to AWS. It shows shape and logic; it is not a measure of AWS itself.
"""
