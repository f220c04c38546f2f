"""What came back from a peer, read: which protocol its bytes prove, its status, the name on its certificate. Pure, one file a format."""
