"""The loop, on one page. (The steps are wired as the rooms are built.)"""
