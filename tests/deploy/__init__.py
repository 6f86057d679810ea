"""`make deploy-local`: the app, deployed with the real CDK command line into an emulator of AWS on this machine.

`python -m tests.deploy` bootstraps, deploys, asks the deployed system a question, reads back by API every property that
matters, and destroys. What the emulator cannot do is named in the report that it prints; nothing of it is claimed.
"""
