"""Scripted calls over real SIP and RTP: a gateway of its own for each call, foreign telephones, recognised prompts.

`sip`, `phone`, `rtp`, `g711` are the far ends and share nothing with the gateway's line; `inventory` and `recognise`
say which prompts the received audio is made of; `box` starts a gateway (`spec`), `actors` are the people of a script,
`trial` plays one script, `suite` several side by side; `verdict` judges and `report` shows what came.
"""
