"""Who holds what in which year: owners of firms and patents, industries of firms, by share."""
